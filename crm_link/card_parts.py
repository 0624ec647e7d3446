"""What the first page of the card shows: its sections with their values, and the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from crm_link.access import may_manage_crm
from crm_link.activity_kinds import ICONS
from crm_link.card import may_change
from crm_link.models import Activity
from crm_link.selectors.activities import may_change as may_change_activity
from crm_link.selectors.activities import planned_of
from crm_link.selectors.cards import LaidSection, layout_of
from crm_link.selectors.figures import has_figures
from crm_link.selectors.items import kind_of_target
from crm_link.selectors.linked import LinkedItem, linked_items, linking_items
from crm_link.timeline.base import GROUPS, PAGE, Place
from crm_link.timeline.page import timeline_of
from lists_core.element_tabs import Target
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import row_titles


@dataclass(frozen=True)
class Value:
    """A field with its value as HTML, or as small cards of what it links to."""

    field: SchemaField
    html: str
    linked: Sequence[LinkedItem]


@dataclass(frozen=True)
class Part:
    """A section of the card as it is read."""

    section: LaidSection
    values: Sequence[Value]
    may_edit: bool

    @property
    def filled(self) -> list[Value]:
        return [one for one in self.values if one.html]

    @property
    def empty(self) -> list[Value]:
        return [one for one in self.values if not one.html]


def parts_of(target: Target) -> list[Part]:
    """All sections with their values: a fixed number of queries, however many fields."""
    return [_part(target, one) for one in _drawn(target)]


def part_of(target: Target, slug: str) -> Part | None:
    found = next((one for one in _drawn(target) if one[0].slug == slug), None)
    return _part(target, found) if found else None


Drawn = tuple[LaidSection, dict[str, Any], dict[str, list[LinkedItem]]]


def _drawn(target: Target) -> list[Drawn]:
    layout = layout_of(kind_of_target(target), target.schema)
    fields = [field for section in layout for field in section.fields]
    titles = row_titles(fields, [target.row], actor=target.actor)
    linked = linked_items(target)
    return [(section, titles, linked) for section in layout]


def _part(target: Target, drawn: Drawn) -> Part:
    section, titles, linked = drawn
    values = [
        Value(
            field,
            field.render(field.read(target.row), titles.get(field.key, {})),
            linked.get(field.code, ()),
        )
        for field in section.fields
    ]
    may_edit = any(may_change(target, field.code) for field in section.fields)
    return Part(section, values, may_edit)


def card_context(target: Target) -> dict[str, Any]:
    fields = target.schema.system
    titles = row_titles(fields, [target.row], actor=target.actor)
    about = {
        field.code: field.render(field.read(target.row), titles.get(field.key, {}))
        for field in fields
    }
    return {
        "parts": parts_of(target),
        "linking": linking_items(target),
        "has_figures": has_figures(kind_of_target(target)),
        "about": about,
        "may_arrange": may_manage_crm(target.actor),
        **timeline_context(target),
    }


def timeline_context(
    target: Target, group: str = "", before: Place | None = None, size: int = PAGE
) -> dict[str, Any]:
    known = group if group in GROUPS else ""
    return {
        "kind": kind_of_target(target),
        "list": target.list,
        "row": target.row,
        "timeline": timeline_of(target, group=known, before=before, size=size),
        "groups": GROUPS,
        "group": known,
        "planned": [] if before else planned_rows(target),
    }


def planned_rows(target: Target) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "activity": row,
            "is_late": row.is_late(now),
            "icon": ICONS[Activity.Kind(row.kind)],
            "may_change": may_change_activity(target, row),
        }
        for row in planned_of(target)
    ]
