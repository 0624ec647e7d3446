"""No surface without an adapter of the oracle or a reason why it needs none."""

from __future__ import annotations

from django.urls import get_resolver

from lists_core.jobs.base import job_kinds
from svod.celery import app
from tests.access import surfaces
from tests.access.adapters import READING
from tests.access.adapters_crm import CRM
from tests.access.adapters_disk import EVERY as DISK
from tests.access.adapters_groups import GROUPED
from tests.access.adapters_history import HISTORY
from tests.access.adapters_imports import IMPORTS
from tests.access.adapters_links import LINKS
from tests.access.adapters_pages import PAGES, patterns
from tests.access.adapters_replies import QUICK
from tests.access.adapters_reports import REPORTS
from tests.access.adapters_tabs import TABS
from tests.access.adapters_tasks import TASKS
from tests.access.adapters_views import VIEWS
from tests.access.adapters_write import WRITING
from tests.access.plant_leaks import ROOT
from tests.access.planted import PLANTED

READ = [*READING, *PAGES, *TASKS, *REPORTS, *CRM, *TABS, *VIEWS, *HISTORY, *LINKS, *GROUPED]
ALL = [*READ, *WRITING, *DISK, *IMPORTS, *QUICK]
KNOWN = {one.__name__ for one in ALL}


def test_every_address_has_an_adapter_or_a_reason() -> None:
    missing = {
        str(entry.name)
        for entry in patterns(get_resolver())
        if entry.name not in surfaces.EXEMPT
        and entry.name not in surfaces.ADAPTERS
        and frozenset(entry.pattern.converters) not in surfaces.WALKED
    }
    assert not missing


def test_every_kind_of_job_and_task_has_one() -> None:
    kinds = {kind.slug for kind in job_kinds}
    assert kinds == {*surfaces.JOB_KINDS, *surfaces.EXEMPT_JOBS}
    app.loader.import_default_modules()
    tasks = {name for name in app.tasks if not name.startswith("celery.")}
    assert tasks - surfaces.EXEMPT_TASKS.keys() == set()


def test_the_registry_names_what_is_there() -> None:
    addresses = {entry.name for entry in patterns(get_resolver())}
    assert {*surfaces.EXEMPT, *surfaces.ADAPTERS} <= addresses
    named = {*surfaces.WALKED.values(), *surfaces.ADAPTERS.values(), *surfaces.JOB_KINDS.values()}
    assert named <= KNOWN


def test_the_planted_leaks_can_still_be_planted() -> None:
    assert len(PLANTED) >= 15
    for name, file, old, new in PLANTED:
        assert (ROOT / file).read_text().count(old) == 1, name
        assert old != new
