"""Cards as HTML: built in Python and joined once, as the rows of a grid are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _

from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.grid.cells import NO_ADDRESS, element_pattern
from lists_core.models import List
from lists_core.schema.fields import SchemaField

CARD = (
    '<li class="sv-card{movable}" id="card-{id}" data-id="{id}">'
    '<div class="sv-card-head"><a class="sv-card-title" href="{url}" data-drawer draggable="false">'
    '{name}</a><button type="button" class="sv-card-more" aria-haspopup="menu" '
    'aria-label="{actions}: {name}"></button></div>{values}'
    '<div class="sv-card-foot">{person}<time datetime="{iso}" title="{created}: {at}">{day}</time>'
    "{marks}</div></li>"
)
VALUE = '<div class="sv-card-value"><span class="sv-card-label">{label}</span> {html}</div>'
WHO = '<a class="sv-card-who" href="{url}" title="{name}" aria-label="{name}">{face}</a>'
AMOUNT = '<div class="sv-card-amount" title="{label}">{html}</div>'


@dataclass(frozen=True)
class CardRenderer:
    """Draws the cards of one page; `titles` are those of `row_titles`, `movable` the ids that the
    person may put into another lane, `marks` and `badges` HTML by element id."""

    list_: List
    fields: Sequence[SchemaField]
    person: SchemaField | None
    amount: SchemaField | None
    titles: Mapping[str, Titles]
    movable: Collection[int]
    marks: Mapping[int, str]
    badges: Sequence[Mapping[int, str]]

    def cards(self, rows: Sequence[Any]) -> dict[int, str]:
        """Element id → card, in the order of the rows."""
        pattern = element_pattern(self.list_)
        words = {"actions": escape(_("Actions")), "created": escape(_("Created"))}
        zone = timezone.get_current_timezone()
        return {row.pk: self._card(row, pattern, words, zone) for row in rows}

    def _card(self, row: Any, pattern: str, words: Mapping[str, str], zone: Any) -> str:
        made = row.created_at.astimezone(zone)
        return CARD.format(
            id=row.pk,
            movable=" sv-card-movable" if row.pk in self.movable else "",
            url=pattern.replace(NO_ADDRESS, str(row.pk)),
            name=escape(row.name),
            values="".join(self._value(field, row) for field in self.fields),
            person=self._person(row),
            iso=made.isoformat(timespec="minutes"),
            at=date_format(made, "SHORT_DATETIME_FORMAT"),
            day=date_format(made, "SHORT_DATE_FORMAT"),
            marks=self._marks(row.pk),
            **words,
        )

    def _value(self, field: SchemaField, row: Any) -> str:
        value = field.read(row)
        if value is None:
            return ""
        drawn = field.render(value, self.titles.get(field.key, NO_TITLES))
        return (AMOUNT if field is self.amount else VALUE).format(
            label=escape(field.name), html=drawn
        )

    def _person(self, row: Any) -> str:
        """The face alone, its name in the title."""
        value = self.person.read(row) if self.person else None
        title = self.titles.get(self.person.key, NO_TITLES).get(value) if self.person else None
        if title is None:
            return ""
        face = title.extra.get("face", "")
        name = escape(title.text)
        return WHO.format(url=escape(title.url), name=name, face=face)

    def _marks(self, pk: int) -> str:
        return "".join([self.marks.get(pk, ""), *(own.get(pk, "") for own in self.badges)])
