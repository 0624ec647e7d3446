"""Cards as HTML: built in Python and joined once, as the rows of a grid are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.grid.cells import NO_ADDRESS, element_pattern
from lists_core.models import List
from lists_core.schema.fields import SchemaField
from svod.base.dates import short

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
        frame = Frame(element_pattern(self.list_))
        faces: dict[Any, str] = {}
        values = [(field.read, self._drawing(field)) for field in self.fields]
        return {row.pk: self._card(row, frame, faces, values) for row in rows}

    def _card(self, row: Any, frame: Frame, faces: dict[Any, str], values: Sequence[Any]) -> str:
        made = row.created_at.astimezone(frame.zone)
        drawn = [draw(value) for read, draw in values if (value := read(row)) is not None]
        return CARD.format(
            id=row.pk,
            movable=" sv-card-movable" if row.pk in self.movable else "",
            url=frame.pattern.replace(NO_ADDRESS, str(row.pk)),
            name=escape(row.name),
            values="".join(drawn),
            person=self._person(row, faces),
            iso=made.isoformat(timespec="minutes"),
            at=frame.time(made),
            day=frame.day(made),
            marks=self._marks(row.pk),
            actions=frame.actions,
            created=frame.created,
        )

    def _drawing(self, field: SchemaField) -> Callable[[Any], str]:
        """Draws a value of the field."""
        shape = AMOUNT if field is self.amount else VALUE
        before, after = shape.split("{html}")
        before = before.replace("{label}", escape(str(field.name)))
        titles = self.titles.get(field.key, NO_TITLES)
        return lambda value: f"{before}{field.render(value, titles)}{after}"

    def _person(self, row: Any, faces: dict[Any, str]) -> str:
        """The face alone, its name in the title; of few people, so each is drawn once."""
        value = self.person.read(row) if self.person else None
        if value not in faces:
            faces[value] = self._face(value)
        return faces[value]

    def _face(self, value: Any) -> str:
        title = self.titles.get(self.person.key, NO_TITLES).get(value) if self.person else None
        if title is None:
            return ""
        face = title.extra.get("face", "")
        name = escape(title.text)
        return WHO.format(url=escape(title.url), name=name, face=face)

    def _marks(self, pk: int) -> str:
        return "".join([self.marks.get(pk, ""), *(own.get(pk, "") for own in self.badges)])


class Frame:
    """What is the same on all cards of a page."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.zone = timezone.get_current_timezone()
        self.day, self.time = short(), short("SHORT_DATETIME_FORMAT")
        self.actions, self.created = escape(_("Actions")), escape(_("Created"))
