"""Every surface gives every person what the access oracle says, in drawn worlds.

`SVOD_ORACLE=1000` draws so many worlds, other ones each time; usually a few and always the same.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from lists_core.schema.cache import forget_schemas
from tests.access import oracle
from tests.access.adapters import READING
from tests.access.adapters_crm import CRM
from tests.access.adapters_groups import GROUPED
from tests.access.adapters_history import HISTORY
from tests.access.adapters_imports import IMPORTS
from tests.access.adapters_links import LINKS
from tests.access.adapters_pages import PAGES
from tests.access.adapters_replies import QUICK
from tests.access.adapters_reports import REPORTS
from tests.access.adapters_tabs import TABS
from tests.access.adapters_talk import TALK
from tests.access.adapters_tasks import TASKS
from tests.access.adapters_views import VIEWS
from tests.access.adapters_write import WRITING
from tests.access.look import differences, lookers
from tests.access.worlds import Prepared, World, build, prepare
from tests.access.worlds_drawn import worlds

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SVOD_ORACLE", "0"))


def examples(usual: int) -> settings:
    """In CI the first difference is told as it is: shrinking takes minutes."""
    phases = [Phase.generate] + ([Phase.shrink] if EXAMPLES else [])
    return settings(
        max_examples=EXAMPLES or usual,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def prepared(db, tmp_path, settings) -> Prepared:
    settings.MEDIA_ROOT = tmp_path
    return prepare()


def check(prepared: Prepared, world: World, adapters: list[Any]) -> None:
    try:
        with transaction.atomic():
            found = differences(build(world, prepared), lookers(world), adapters)
            transaction.set_rollback(True)
    finally:
        forget_schemas()
    assert not found, "\n".join([*found, repr(world)])


@examples(10)
@given(world=worlds())
def test_reading(prepared: Prepared, world: World) -> None:
    check(prepared, world, READING)


@examples(7)
@given(world=worlds())
def test_talking(prepared: Prepared, world: World) -> None:
    check(prepared, world, TALK)


@examples(7)
@given(world=worlds())
def test_writing(prepared: Prepared, world: World) -> None:
    check(prepared, world, WRITING)


@examples(2)
@given(world=worlds())
def test_pages(prepared: Prepared, world: World) -> None:
    check(prepared, world, PAGES)


@examples(7)
@given(world=worlds())
def test_tabs(prepared: Prepared, world: World) -> None:
    check(prepared, world, [*TABS, *HISTORY, *LINKS, *QUICK])


@examples(2)
@given(world=worlds())
def test_crm(prepared: Prepared, world: World) -> None:
    check(prepared, world, CRM)


@examples(5)
@given(world=worlds())
def test_tasks(prepared: Prepared, world: World) -> None:
    check(prepared, world, TASKS)


@examples(5)
@given(world=worlds())
def test_reports(prepared: Prepared, world: World) -> None:
    check(prepared, world, [*REPORTS, *VIEWS, *GROUPED, *IMPORTS])


def test_the_oracle_is_short() -> None:
    lines = Path(oracle.__file__).read_text().splitlines()
    assert sum(1 for line in lines if line.strip()) <= 200
