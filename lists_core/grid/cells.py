"""Rows as HTML: built in Python and joined once, for a page has thousands of cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lists_core.access import Right
from lists_core.addresses import element_url
from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.grid.columns import is_numeric
from lists_core.grid.extra import ExtraColumn
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField

ROW = (
    '<tr data-id="{id}" data-version="{version}"{lacking}{tone}><td class="sv-grid-lead">'
    '<input type="checkbox" class="form-check-input" aria-label="{select}">'
    '<button type="button" class="sv-grid-more" aria-haspopup="menu" aria-label="{actions}">'
    "</button></td>{cells}</tr>"
)
NO_ADDRESS = "-"
Drawer = Callable[[Any], str]


@dataclass(frozen=True)
class RowRenderer:
    """Draws the rows of one page; `titles` are those of `row_titles`.

    `lacking` holds by id what the person may not do with a row; its menu reads `data-no`.
    `extra` holds the HTML of extra columns by their slug and the row's id, `tones` the colours of
    rows that have one.
    """

    list_: List
    schema: Schema
    fields: Sequence[SchemaField | ExtraColumn]
    titles: Mapping[str, Titles]
    lacking: Mapping[int, Collection[Right]]
    extra: Mapping[str, Mapping[int, str]]
    tones: Mapping[int, str]

    def rows(self, rows: Sequence[Any]) -> SafeString:
        opened = [self._opening(field, self._opens(field)) for field in self.fields]
        fixed = [self._opening(field, editable=False) for field in self.fields]
        words = {"select": escape(_("Select")), "actions": escape(_("Actions"))}
        draw = [self._drawer(field) for field in self.fields]
        drawn = [
            self._row(row, fixed if Right.CHANGE in self.lacking[row.pk] else opened, words, draw)
            for row in rows
        ]
        return SafeString("\n".join(drawn))  # every part is escaped or drawn by a type

    def _row(
        self, row: Any, opened: Sequence[str], words: Mapping[str, str], draw: Sequence[Drawer]
    ) -> str:
        cells = [
            f"{opening}{content(row)}</td>" for content, opening in zip(draw, opened, strict=True)
        ]
        name = escape(row.name)
        return ROW.format(
            id=row.pk,
            version=row.version,
            lacking=_attribute(self.lacking[row.pk]),
            tone=_tone(self.tones.get(row.pk, "")),
            select=f"{words['select']}: {name}",
            actions=f"{words['actions']}: {name}",
            cells="".join(cells),
        )

    def _opens(self, field: SchemaField | ExtraColumn) -> bool:
        return not isinstance(field, ExtraColumn) and is_editable(field, self.schema)

    def _drawer(self, field: SchemaField | ExtraColumn) -> Drawer:
        """What draws a row's cell of this column."""
        if isinstance(field, ExtraColumn):
            extra = self.extra[field.slug]
            return lambda row: extra.get(row.pk, "")
        plain = drawer(field, self.titles.get(field.key, NO_TITLES))
        pattern = element_pattern(self.list_) if field.code == "NAME" else ""
        if not pattern:
            return plain
        head, _mark, tail = pattern.partition(NO_ADDRESS)
        return lambda row: f'<a href="{head}{row.pk}{tail}" data-drawer>{plain(row)}</a>'

    def _opening(self, field: SchemaField | ExtraColumn, editable: bool) -> str:  # noqa: FBT001
        numeric = ' class="sv-num"' if is_numeric(field) else ""
        fixed = "" if editable else ' aria-readonly="true"'
        return f"<td{numeric}{fixed}>"


def drawer(field: SchemaField, titles: Titles) -> Drawer:
    """Draws a value where it comes first on the page: a column of states or people has few."""
    known: dict[Any, str] = {}

    def draw(row: Any) -> str:
        value = field.read(row)
        if value is None:
            return ""
        if field.multiple or type(value).__hash__ is None:
            return field.render(value, titles)
        if value not in known:
            known[value] = field.render(value, titles)
        return known[value]

    return draw


def _tone(tone: str) -> str:
    """`tone` is one of TONES."""
    return f' class="tone-{tone}"' if tone else ""


def _attribute(lacking: Collection[Right]) -> str:
    return f' data-no="{" ".join(sorted(lacking))}"' if lacking else ""


def is_editable(field: SchemaField, schema: Schema) -> bool:
    """The person of this schema may change the field's cells, in rows that they may change."""
    stored = field.field
    if field.type.concealed or (stored.is_system and field.code != "NAME"):
        return False
    fixed = stored.readonly_in_edit or not stored.show_in_edit or field.type.automatic
    return not fixed and field.key not in schema.locked


def editable_fields(schema: Schema) -> list[SchemaField]:
    return [field for field in schema.editable if is_editable(field, schema)]


def element_pattern(list_: List) -> str:
    """The address of an element's page with NO_ADDRESS for its id; "" when there is none."""
    try:
        marked = element_url(list_, 0)
    except NoReverseMatch:
        return ""
    head, _zero, tail = marked.rpartition("0")
    return f"{escape(head)}{NO_ADDRESS}{escape(tail)}"
