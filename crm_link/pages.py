"""Tells lists_core where and how the lists of CRM are shown, and what CRM adds to their pages."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_link import audited  # noqa: F401  # names its events
from crm_link.boards import add_boards
from crm_link.card import add_frames
from crm_link.kinds import Kind, kind_of, kinds
from crm_link.navigation import add_activities, add_kinds
from crm_link.selectors.duplicates import COMPARED
from crm_link.shapes import shape_url
from lists_core.access import Right, may_somewhere
from lists_core.addresses import ListPages, list_pages
from lists_core.form_aids import FormAid, form_aids
from lists_core.grid.extra import ExtraAction, extra_actions
from lists_core.models import List
from staff.models import Employee


def add_pages() -> None:
    add_kinds()
    add_activities()
    add_boards()
    add_frames()
    for kind in kinds:
        list_pages.register(
            ListPages(
                kind.system,
                list_url=partial(reverse, "crm_list", args=[kind.slug]),
                element_url=partial(_card, kind),
                shape_url=partial(shape_url, kind),
            )
        )
    for kind in COMPARED:
        url = partial(reverse, "crm_look_alikes", args=[kind.slug])
        form_aids.register(FormAid(kind.system, url))
    extra_actions.register(ExtraAction("merge", _("Merge"), "git-merge", may_merge))


def may_merge(actor: Employee, list_: List) -> bool:
    """Whether items of this list are merged, and by this person."""
    return kind_of(list_.system) is not None and may_somewhere(actor, Right.DELETE, list_)


def _card(kind: Kind, element_id: int) -> str:
    return reverse("crm_card", args=[kind.slug, element_id])
