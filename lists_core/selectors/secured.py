"""The things rights are granted on, and the way from each of them up to its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Model

from lists_core.access import Right, Rights, list_rights, rights_on
from lists_core.models import Element, Field, List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.fields import access_field
from lists_core.selectors.lists import access_list
from lists_core.selectors.rights import Grants, grants_on_many
from lists_core.selectors.sections import section_path, visible_section
from staff.models import Employee
from svod.base.errors import Forbidden

KINDS: Mapping[str, type[Model]] = {
    "list": List,
    "section": Section,
    "element": Element,
    "field": Field,
}


@dataclass(frozen=True)
class Secured:
    """A list, or with one of the others a section, an element (its row) or a field of it."""

    list: List
    section: Section | None = None
    row: Any = None
    field: Field | None = None

    @property
    def kind(self) -> str:
        if self.section:
            return "section"
        return "element" if self.row is not None else "field" if self.field else "list"

    @property
    def thing(self) -> Any:
        return self.section or self.row or self.field or self.list

    @property
    def pk(self) -> int:
        return int(self.thing.pk)

    @property
    def name(self) -> str:
        return str(self.thing.name)

    @property
    def restricted(self) -> bool:
        """Takes nothing from above."""
        return self.kind in {"section", "element"} and bool(self.thing.restricted)


@dataclass(frozen=True)
class Level:
    """What is granted in one place on the way from a thing (first) to its list (last).

    `counts` is False above a restricted place; `name` is "" and `manages` False where the
    reader of the page may not know or change the place.
    """

    kind: str
    pk: int
    name: str
    restricted: bool = False
    grants: Grants = field(default_factory=dict)
    counts: bool = True
    manages: bool = False


def secured_list(actor: Employee, list_id: int) -> Secured:
    return Secured(access_list(actor, Right.ACCESS, list_id))


def secured_section(actor: Employee, list_id: int, section_id: int) -> Secured:
    list_ = access_list(actor, Right.VIEW, list_id)
    section = visible_section(list_, section_id, actor)
    return _managed(actor, Secured(list_, section=section))


def secured_field(actor: Employee, list_id: int, field_id: int) -> Secured:
    list_ = access_list(actor, Right.FULL, list_id)
    return Secured(list_, field=access_field(list_, field_id))


def _managed(actor: Employee, thing: Secured) -> Secured:
    if Right.ACCESS not in held_on(actor, thing):
        raise Forbidden
    return thing


def held_on(actor: Employee, thing: Secured) -> Rights:
    """What the actor holds there, which is the most that they may give."""
    if thing.row is not None:
        return rights_on(actor, schema_of(thing.list), [thing.row])[thing.pk]
    return list_rights(actor, thing.list.pk).place(thing.section.pk if thing.section else None).own


def levels(thing: Secured, *, actor: Employee) -> list[Level]:
    """The thing itself, the sections above it and the list, with their grants.

    Two queries for each kind of place, however deep the tree is.
    """
    places = [*_own(thing), *_sections(thing), _list(thing)]
    grants = {
        kind: grants_on_many(KINDS[kind], [place.pk for place in places if place.kind == kind])
        for kind in {place.kind for place in places}
    }
    rights = list_rights(actor, thing.list.pk)
    found = []
    counts = True
    for place in places:
        section = place.pk if place.kind == "section" else None
        manages = Right.ACCESS in rights.place(section).own
        known = section is None or rights.knows(section)
        name = place.name if known else ""
        # Who holds what in an unknown section shows only as far as it acts on the thing itself.
        given = grants[place.kind].get(place.pk, {}) if known or counts else {}
        full = replace(place, grants=given, counts=counts, manages=manages, name=name)
        found.append(full)
        counts = counts and not place.restricted
    return found


def lending(places: Sequence[Level]) -> list[int | None]:
    """The places from which what roles lend reaches the thing, the nearest first: sections by
    their ids, None for the list."""
    counting = [place for place in places if place.counts and place.kind in {"section", "list"}]
    return [place.pk if place.kind == "section" else None for place in counting]


def _own(thing: Secured) -> Sequence[Level]:
    if thing.kind in {"list", "section"}:
        return []
    return [Level(thing.kind, thing.pk, thing.name, thing.restricted)]


def _sections(thing: Secured) -> Sequence[Level]:
    section = thing.section
    if thing.row is not None and thing.row.section:
        section = Section.objects.filter(list=thing.list, pk=thing.row.section).first()
    path = section_path(section) if section else []
    return [Level("section", one.pk, one.name, one.restricted) for one in reversed(path)]


def _list(thing: Secured) -> Level:
    return Level("list", thing.list.pk, thing.list.name)
