"""The column "Activity" of the tables of CRM: what is to be done next about each item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm_link.kinds import kind_of
from crm_link.selectors.activities import Badge, badges
from lists_core.boards.kinds import card_badges
from lists_core.grid.extra import ExtraColumn, extra_columns
from lists_core.models import List
from staff.models import Employee
from svod.templatetags.ui import icon


class ActivityColumn(ExtraColumn):
    """Rows of a page are visible to the reader, and whoever sees an item sees its activities."""

    slug = "activities"
    label = _("Activity")
    width = 240

    def shown(self, actor: Employee, list_: List) -> bool:
        return kind_of(list_.system) is not None

    def cells(self, actor: Employee, list_: List, rows: Sequence[Any]) -> Mapping[int, str]:
        found = badges([row.pk for row in rows])
        empty = format_html('<span class="text-secondary">{}</span>', _g("Nothing is planned"))
        return {row.pk: cell(found[row.pk]) if row.pk in found else empty for row in rows}


def cell(badge: Badge) -> str:
    """The first activity as a badge, red when something is overdue, and how many there are."""
    first = badge.first
    when = ""
    if first.deadline is not None:
        when = formats.date_format(timezone.localtime(first.deadline), "j E, H:i")
    return format_html(
        '<a class="sv-badge tone-{}" href="{}" data-dialog>{}</a> '
        '<span class="text-secondary">{}{}</span>',
        "red" if badge.is_late else "blue",
        reverse("crm_activity", args=[first.pk]),
        first.subject,
        when,
        f" +{badge.open - 1}" if badge.open > 1 else "",
    )


class ActivityBadge(ActivityColumn):
    """The same on a card of the board, in few words: how many, how many of them overdue."""

    def cells(self, actor: Employee, list_: List, rows: Sequence[Any]) -> Mapping[int, str]:
        found = badges([row.pk for row in rows])
        none = mark(None)  # of most cards, so drawn once
        return {row.pk: mark(found[row.pk]) if row.pk in found else none for row in rows}


def mark(badge: Badge | None) -> str:
    if badge is None:
        none = _g("Nothing is planned")
        return format_html('<span class="crm-badge" title="{}">{}</span>', none, icon("clock-off"))
    text = ngettext("%(n)d activity", "%(n)d activities", badge.open) % {"n": badge.open}
    if badge.is_late:
        late = ngettext("%(n)d is overdue", "%(n)d are overdue", badge.overdue)
        text = f"{text}, {late % {'n': badge.overdue}}"
    return format_html(
        '<a class="sv-badge tone-{}" href="{}" data-dialog title="{}">{}{}'
        '<span class="visually-hidden"> {}</span></a>',
        "red" if badge.is_late else "blue",
        reverse("crm_activity", args=[badge.first.pk]),
        f"{badge.first.subject} ({text})",
        icon("clock", size="sm"),
        badge.overdue or badge.open,
        text,
    )


def add_column() -> None:
    extra_columns.register(ActivityColumn)
    card_badges.register(ActivityBadge)
