"""What the parts about clients add to pages: duplicates, requisites, web forms, calls."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_link import document_extras  # noqa: F401  # names requisites for documents
from crm_link.kinds import kind_of
from crm_link.selectors.duplicates import COMPARED
from crm_link.selectors.requisites import has_requisites
from crm_link.selectors.web_forms import has_way
from crm_link.settings_pages import SettingsPage, settings_pages
from crm_link.timeline.notes import NoteKind, note_kinds
from lists_core.access import Right, may_somewhere
from lists_core.element_tabs import ElementTab, element_tabs
from lists_core.form_aids import FormAid, form_aids
from lists_core.grid.extra import ExtraAction, extra_actions
from lists_core.models import List
from staff.models import Employee


def add_clients() -> None:
    add_notes()
    for kind in COMPARED:
        url = partial(reverse, "crm_look_alikes", args=[kind.slug])
        form_aids.register(FormAid(kind.system, url))
    element_tabs.register(
        ElementTab(
            "requisites", _("Requisites"), "element_requisites", order=20, shown=has_requisites
        )
    )
    element_tabs.register(
        ElementTab("visits", _("Site visits"), "element_visits", order=30, shown=has_way)
    )
    for slug, label, url_name, order in (
        ("web_forms", _("Web forms"), "crm_web_forms", 50),
        ("telephony", _("Telephony"), "crm_telephony", 55),
    ):
        settings_pages.register(SettingsPage(slug, label, url_name, order=order))
    settings_pages.register(
        SettingsPage("own_companies", _("Our companies"), "crm_own_companies", order=60)
    )
    settings_pages.register(
        SettingsPage("duplicates", _("Duplicates"), "crm_duplicates_settings", order=65)
    )
    extra_actions.register(ExtraAction("merge", _("Merge"), "git-merge", may_merge))


def add_notes() -> None:
    """What conversions and merges say in timelines."""
    kinds_of_notes = (
        NoteKind("converted", _("The lead became"), icon="arrows-split-2", tone="green"),
        NoteKind("from_lead", _("Made from the lead"), icon="arrows-split-2"),
        NoteKind("linked_lead", _("A lead came again"), icon="arrows-split-2"),
        NoteKind("merged", _("Took in"), icon="git-merge"),
        NoteKind("merged_into", _("Merged into"), icon="git-merge"),
    )
    for one in kinds_of_notes:
        note_kinds.register(one)


def may_merge(actor: Employee, list_: List) -> bool:
    """Whether items of this list are merged, and by this person."""
    return kind_of(list_.system) is not None and may_somewhere(actor, Right.DELETE, list_)
