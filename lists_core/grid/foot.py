"""The foot of a table: under each column the total that was chosen for it, and a menu of others.

Totals are of all that is found, not of the page. Of a large list they come after the page, by a
request of their own, so that the page does not wait for them.
"""

from __future__ import annotations

import json

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lists_core.grid.columns import Column
from lists_core.grid.extra import ExtraColumn
from lists_core.grid.group_rows import AND, total_texts, whole_number
from lists_core.grid.groups import GroupedPage
from lists_core.grid.page import Grid, Page
from lists_core.grid.patience import advice, reckoned
from lists_core.reports.answer import Tally
from lists_core.reports.levels import Asked, total
from lists_core.reports.question import Measured
from lists_core.reports.table import NOTHING
from lists_core.reports.totals import TOTALS, totals_of
from lists_core.selectors.fence import TooSlow
from lists_core.services.index_use import size_of

ROW = '<tr class="sv-totals{on}"{more}><td class="sv-grid-lead"></td>{cells}</tr>'
LATER = ' hx-get="{url}" hx-trigger="load" hx-swap="outerHTML" aria-busy="true"'
SLOW = '<td colspan="{span}" class="sv-totals-slow" role="status">{text}</td>'
CELL = (
    '<td{numeric}><button type="button" class="sv-total" data-total="{code}" data-chosen="{chosen}"'
    ' data-choices="{choices}" aria-haspopup="menu" title="{title}">'
    '<span class="visually-hidden">{name}: </span>{told}</button></td>'
)
TOLD = '<span class="sv-total-name">{label}</span> <span class="sv-total-number">{text}</span>'
NOT_CHOSEN = '<span class="sv-total-none">{text}</span>'
COMING = "…"


def foot_of(grid: Grid, page: Page) -> SafeString:
    """The row at the foot of a page; of a large list without its totals."""
    if isinstance(page, GroupedPage):
        return _row(grid, page.level.total if page.level else None)
    if grid.state.grouped.totals and size_of(grid.list_.pk):
        url = reverse("list_totals", args=[grid.list_.pk]) + grid.state.query(page=grid.state.page)
        return _row(grid, None, url=url)
    return whole_foot(grid)


def whole_foot(grid: Grid) -> SafeString:
    """With its totals, or with words why there are none."""
    try:
        return _row(grid, found_totals(grid))
    except TooSlow:
        text = f"{_('Totals:')} {advice(grid)}"
        cells = SLOW.format(span=len(grid.columns), text=escape(text))
        return SafeString(ROW.format(on=" sv-totals-on", more="", cells=cells))


def found_totals(grid: Grid) -> Tally | None:
    """Of everything found; None where no column has a total. Raises TooSlow."""
    measures = grid.state.grouped.totals
    if not measures:
        return None
    return reckoned(grid, lambda: total(grid.found, measures, actor=grid.actor))


def menu_labels() -> str:
    """Slug → how a total is called, as JSON for the menu."""
    return json.dumps({one.slug: str(one.label) for one in TOTALS}, ensure_ascii=False)


def _row(grid: Grid, known: Tally | None, *, url: str = "") -> SafeString:
    cells = [_cell(grid, column, known) for column in grid.columns]
    chosen = any(grid.state.grouped.total(column.code) for column in grid.columns)
    return SafeString(  # every part is escaped
        ROW.format(
            on=" sv-totals-on" if chosen else "",
            more=LATER.format(url=escape(url)) if url else "",
            cells="".join(cells),
        )
    )


def _cell(grid: Grid, column: Column, known: Tally | None) -> str:
    if isinstance(column.field, ExtraColumn):
        return "<td></td>"
    measured = grid.state.grouped.total(column.code)
    text = total_text(grid, measured, known) if measured else ""
    label = str(measured.measure.label) if measured else ""
    none = NOT_CHOSEN.format(text=escape(pgettext("of a column", "Total")))
    return CELL.format(
        numeric=' class="sv-num"' if column.numeric else "",
        code=escape(column.code),
        chosen=measured.measure.slug if measured else "",
        choices=" ".join(one.slug for one in totals_of(column.field)),
        title=escape(f"{label}: {text}" if measured else _("Choose a total")),
        name=escape(column.name),
        told=TOLD.format(label=escape(label), text=whole_number(text)) if measured else none,
    )


def total_text(grid: Grid, measured: Measured, known: Tally | None) -> str:
    """Several numbers where amounts are of several currencies."""
    if known is None:
        return COMING
    asked = Asked(None, measures=grid.state.grouped.totals)
    return AND.join(total_texts(known, asked, measured)) or NOTHING
