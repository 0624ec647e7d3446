"""The column with the button that books, in the table of free objects of one deal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from crm_link.models import BookingRule
from lists_core.grid.extra import ExtraColumn, extra_columns
from lists_core.models import List
from staff.models import Employee

COLUMN = "booking"
_choosing: ContextVar[tuple[BookingRule, int] | None] = ContextVar("choosing", default=None)


@contextmanager
def choosing_for(rule: BookingRule, deal_id: int) -> Iterator[None]:
    """Tables drawn meanwhile offer their rows for this deal."""
    mark = _choosing.set((rule, deal_id))
    try:
        yield
    finally:
        _choosing.reset(mark)


class BookingColumn(ExtraColumn):
    slug = COLUMN
    label = _("Booking")
    width = 160

    def shown(self, actor: Employee, list_: List) -> bool:
        chosen = _choosing.get()
        return chosen is not None and chosen[0].target_id == list_.pk

    def cells(self, actor: Employee, list_: List, rows: Sequence[Any]) -> Mapping[int, str]:
        chosen = _choosing.get()
        if chosen is None:
            return {}
        rule, deal_id = chosen
        url = reverse("booking_book", args=[rule.pk])
        return {row.pk: _button(url, deal_id, row) for row in rows}


def _button(url: str, deal_id: int, row: Any) -> str:
    return format_html(
        '<button type="button" class="btn btn-sm btn-primary" hx-post="{}" hx-vals="{}" '
        'hx-swap="none" aria-label="{}">{}</button>',
        url,
        json.dumps({"deal": deal_id, "object": row.pk, "stay": "1"}),
        _g("Book “%(object)s”") % {"object": row.name},
        _g("Book"),
    )


extra_columns.register(BookingColumn)
