"""Groups as rows of a table: what they have in common, how many elements, their totals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lists_core.grid.columns import Column
from lists_core.grid.grouped import Grouped
from lists_core.reports.answer import Tally
from lists_core.reports.levels import Asked, Level, Part
from lists_core.reports.question import GroupBy, Measured

GROUP = (
    '<tr class="sv-group" data-level="{level}" data-path="{path}" aria-level="{level}"'
    ' aria-expanded="false"><td class="sv-grid-lead"><button type="button" class="sv-group-turn"'
    ' aria-expanded="false" aria-label="{label}"></button></td>{cells}</tr>'
)
NEXT = (
    '<tr class="sv-group-next" data-level="{level}" data-path="{path}" data-page="{page}"'
    ' data-after="{after}">'
    '<td class="sv-grid-lead"></td><td colspan="{span}">'
    '<button type="button" class="btn btn-sm btn-ghost" data-group-next>{text}</button></td></tr>'
)
LONG, NBSP, AND = 13, "\u00a0", " · "
NOTE = (
    '<tr class="sv-group-note" data-level="{level}"><td class="sv-grid-lead"></td>'
    '<td colspan="{span}" role="status">{text}</td></tr>'
)


@dataclass(frozen=True)
class Drawn:
    """Where rows are drawn: in which columns, below which group, by what they are grouped."""

    columns: Sequence[Column]
    by: GroupBy | None
    grouped: Grouped
    path: tuple[str, ...]
    size: int

    @property
    def level(self) -> int:
        return len(self.path) + 1


def draw_parts(place: Drawn, level: Level) -> SafeString:
    rows = [_group(place, level.asked, part) for part in level.parts]
    if level.left:
        number = min(level.left, place.size)
        text = ngettext("%(count)d more group", "%(count)d more groups", number) % {"count": number}
        rows.append(_next(place, level.asked.page + 1, text))
    return SafeString("\n".join(rows))  # every part is escaped or drawn by a type


def draw_rest(place: Drawn, page: int, after: str) -> str:
    """The way to the next elements of a group: those `after`, or where it is "" the next page."""
    return _next(place, page + 1, _("Show more"), after)


def draw_note(place: Drawn, text: str) -> SafeString:
    """Why nothing is shown below a group."""
    return format_html(NOTE, level=place.level, span=len(place.columns), text=text)


def _next(place: Drawn, page: int, text: str, after: str = "") -> str:
    path = json.dumps(place.path, ensure_ascii=False)
    return NEXT.format(
        level=place.level,
        path=escape(path),
        page=page,
        after=escape(after),
        span=len(place.columns),
        text=escape(text),
    )


def _group(place: Drawn, asked: Asked, part: Part) -> str:
    name = part.name
    path = json.dumps([*place.path, part.step], ensure_ascii=False)
    own = [_total(place, asked, part, column) for column in place.columns]
    cells = [_first(place, part, name, own[0]), *own[1:]]
    label = f"{_('Show what is inside')}: {name}"
    return GROUP.format(
        level=place.level, path=escape(path), label=escape(label), cells="".join(cells)
    )


def _first(place: Drawn, part: Part, name: str, total: str) -> str:
    field, whole = (place.by.field.name, place.by.name) if place.by else ("", "")
    tone = f" tone-{part.group.tone}" if part.group.tone else ""
    badge = "sv-badge" if tone else "sv-group-value"
    number = part.tally.rows
    count = ngettext("%(count)s element", "%(count)s elements", number) % {"count": shown(number)}
    return (
        f'<td class="sv-group-name" aria-readonly="true" title="{escape(whole)}: {escape(name)}">'
        f'<span class="sv-group-line"><span class="sv-group-field">{escape(field)}</span> '
        f'<span class="{badge}{tone}">{escape(name)}</span> '
        f'<span class="sv-count" title="{escape(count)}">{shown(number)}</span>{total}</span></td>'
    )


def shown(number: int) -> str:
    return number_format(number, force_grouping=True)


def _total(place: Drawn, asked: Asked, part: Part, column: Column) -> str:
    measured = place.grouped.total(column.code)
    numeric = ' class="sv-num"' if column.numeric else ""
    is_first = column == place.columns[0]
    if measured is None:
        return "" if is_first else f'<td{numeric} aria-readonly="true"></td>'
    text = AND.join(total_texts(part.tally, asked, measured))
    title = escape(f"{measured.measure.label}: {text}")
    told = f'<span class="sv-group-total" title="{title}">{whole_number(text)}</span>'
    return told if is_first else f'<td{numeric} aria-readonly="true">{told}</td>'


def whole_number(text: str) -> str:
    """The HTML of a total: a long one in smaller letters, and it may go on in the next line, for a
    number that is cut off is a wrong one. Of several amounts each keeps to its line, one that is
    alone goes on after a group of digits."""
    if len(text) <= LONG:
        return escape(text)
    told = text if AND in text else text.replace(NBSP, " ")
    return f'<span class="sv-total-long">{escape(told)}</span>'


def total_texts(tally: Tally, asked: Asked, measured: Measured) -> list[str]:
    """The number as people read it; several where amounts are of several currencies."""
    values = tally.values(asked.place(measured), measured)
    return [measured.measure.show(measured.field, number, split) for split, number in values]
