"""The explanation agrees with the predicate for everybody, on drawn worlds."""

from __future__ import annotations

import random
from typing import Any

import pytest

from lists_core.access import Right, list_rights, rights_on, schema_for
from lists_core.models import Element, Field, List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.explain import explain
from lists_core.selectors.secured import Secured
from lists_core.services.elements import create_element
from lists_core.services.readers import sync_readers
from lists_core.services.sections import create_section
from lists_core.services.stored_rights import insert_rights
from staff.models import Department, Employee
from staff.services.departments import create_department
from staff.services.employee_groups import change_members, create_group
from staff.services.groups import sync_groups
from staff.subjects import AUTHOR, EVERYONE, Subject
from tests.lists_core.element_world import World, make_world

pytestmark = pytest.mark.django_db
ON_ELEMENTS = [right for right in Right if right != Right.ADD]
Grants = dict[Subject, frozenset[Right]]


class Drawn:
    """A list with sections, elements and fields on which rights were granted by chance."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.world: World = make_world()
        self.pk = self.world.list.pk
        self.subjects = [EVERYONE, AUTHOR, *self._people()]
        self.sections = self._sections()
        self._elements()
        self._close_sections()
        self._fields()
        insert_rights(List, [self.pk], self.grants(list(Right)))
        sync_readers(self.pk)
        List.objects.filter(pk=self.pk).update(schema_version=99)

    def grants(self, rights: list[Right]) -> Grants:
        chosen = self.dice.sample(self.subjects, self.dice.randint(0, 3))
        return {one: frozenset(self.dice.sample(rights, self.dice.randint(1, 2))) for one in chosen}

    def _people(self) -> list[Subject]:
        sales = create_department(actor=None, name="Продажи", parent=None)
        north = create_department(actor=None, name="Север", parent=sales)
        group = create_group(actor=None, name="Секретари")
        people = [self._person(at, self.dice.choice([None, sales, north])) for at in range(6)]
        change_members(group, actor=None, add=people[::2])
        sync_groups()
        places = [Subject("D", sales.pk), Subject("DR", sales.pk), Subject("G", group.pk)]
        return [*places, *(Subject("U", one.pk) for one in people)]

    def _person(self, at: int, department: Department | None) -> Employee:
        return Employee.objects.create_user(
            f"p{at}",
            f"p{at}@svod.example",
            "x",
            department=department,
            is_active=at != 4,
            is_superuser=at == 5,
        )

    def _sections(self) -> list[Section]:
        made: list[Section] = []
        for at in range(4):
            above = self.dice.choice([None, *made])
            parent = above.pk if above else None
            made.append(
                create_section(self.pk, actor=self.world.anna, name=f"S{at}", parent_id=parent)
            )
        return made

    def _close_sections(self) -> None:
        for section in self.sections:
            insert_rights(Section, [section.pk], self.grants(list(Right)))
            cut = self.dice.random() < 0.3
            Section.objects.filter(pk=section.pk).update(restricted=cut)

    def _elements(self) -> None:
        places = [None, *(section.pk for section in self.sections)]
        authors = list(Employee.objects.values_list("pk", flat=True))
        for at in range(8):
            place = self.dice.choice(places)
            row = create_element(
                self.pk, {"NAME": f"E{at}"}, actor=self.world.anna, section_id=place
            )
            insert_rights(Element, [row.pk], self.grants(ON_ELEMENTS), self.pk)
            row.restricted, row.created_by = self.dice.random() < 0.3, self.dice.choice(authors)
            row.save(update_fields=["restricted", "created_by"])

    def _fields(self) -> None:
        for field in Field.objects.filter(list=self.pk):
            insert_rights(Field, [field.pk], self.grants([Right.VIEW, Right.CHANGE]))
            view, change = self.dice.random() < 0.6, self.dice.random() < 0.6
            Field.objects.filter(pk=field.pk).update(view_restricted=view, change_restricted=change)


@pytest.mark.parametrize("seed", range(6))
def test_explanation_equals_the_predicate(seed: int) -> None:
    drawn = Drawn(seed)
    list_ = List.objects.get(pk=drawn.pk)
    root = Employee.objects.get(username="p5")
    for person in Employee.objects.all():
        held = list_rights(person, list_.pk)
        assert explain(Secured(list_), person, actor=root).rights == held.list
        for section in Section.objects.filter(list=list_):
            told = explain(Secured(list_, section=section), person, actor=root)
            assert told.rights == held.place(section.pk).own
        for row in schema_of(list_).model.objects.all():
            check_element(list_, row, person, root)


def check_element(list_: List, row: Any, person: Employee, root: Employee) -> None:
    told = explain(Secured(list_, row=row), person, actor=root)
    rights = rights_on(person, schema_of(list_), [row]).get(row.pk, frozenset())
    assert told.rights == rights - {Right.ADD}  # adding means nothing on one element
    if Right.VIEW in rights:
        known = {field.code for field in schema_for(person, list_, row).fields}
        hidden = {field.name for field in schema_of(list_).fields if field.code not in known}
        shown = " ".join(line for step in told.steps for line in step.lines)
        assert all(name in shown for name in hidden)
