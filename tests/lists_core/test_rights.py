"""Granting and taking rights: what each level allows, who may give what."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.access import ROLES, Right, rights_on, schema_for, visible_lists
from lists_core.models import Element, Field, List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import access_element, elements
from lists_core.selectors.rights import grants_on
from lists_core.services.elements import (
    copy_element,
    create_element,
    delete_elements,
    move_elements,
    restore_elements,
    update_element,
)
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.readers import differing
from lists_core.services.rights import (
    grant_on_elements,
    set_element_rights,
    set_field_rights,
    set_list_rights,
    set_section_rights,
)
from lists_core.services.sections import create_section, move_section
from staff.group_uses import rights_of
from staff.models import Department, Employee
from staff.services.departments import create_department
from staff.services.employee_groups import create_group, delete_group
from staff.services.groups import sync_groups
from staff.subjects import AUTHOR, EVERYONE, Subject
from svod.base.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
VIEW, EDIT, ADD = (ROLES[slug][1] for slug in ("view", "edit", "add"))
FULL = ROLES["full"][1]


class World:
    """`anna` made the list; `boris` works in Sales, `vera` in Sales / North."""

    def __init__(self) -> None:
        self.anna = person("anna", is_staff=True)
        self.sales = create_department(actor=None, name="Продажи", parent=None)
        self.north = create_department(actor=None, name="Север", parent=self.sales)
        self.boris = person("boris", self.sales)
        self.vera = person("vera", self.north)
        sync_groups()
        self.list = create_list(actor=self.anna, name="Пароли", has_sections=True)
        self.price = create_field(self.list.pk, "number", actor=self.anna, name="Цена", code="P")

    def add(self, name: str, actor: Employee | None = None, section: int | None = None) -> Any:
        return create_element(
            self.list.pk, {"NAME": name}, actor=actor or self.anna, section_id=section
        )

    def grant(self, grants: dict[Subject, Any]) -> None:
        own = {Subject("U", self.anna.pk): FULL}
        set_list_rights(self.list.pk, {**own, **grants}, actor=self.anna)

    def section(self, name: str, parent: int | None = None) -> Section:
        return create_section(self.list.pk, actor=self.anna, name=name, parent_id=parent)

    def seen(self, actor: Employee) -> set[str]:
        self.list.refresh_from_db()
        return set(elements(schema_of(self.list), actor).values_list("name", flat=True))

    def may(self, actor: Employee, row: Any) -> frozenset[Right]:
        self.list.refresh_from_db()
        schema = schema_of(self.list)
        return rights_on(actor, schema, [schema.model.objects.get(pk=row.pk)])[row.pk]


def person(name: str, department: Department | None = None, **more: Any) -> Employee:
    return Employee.objects.create_user(
        name, f"{name}@svod.example", "x", department=department, **more
    )


def user(employee: Employee) -> Subject:
    return Subject("U", employee.pk)


@pytest.fixture
def world() -> World:
    return World()


def test_a_new_list_is_its_makers_alone(world: World) -> None:
    row = world.add("Тайна")
    assert world.seen(world.anna) == {"Тайна"}
    assert list(visible_lists(world.boris)) == []
    with pytest.raises(NotFound):
        access_element(world.boris, Right.VIEW, world.list.pk, row.pk)


@pytest.mark.parametrize(
    ("kind", "boris", "vera"), [("D", True, False), ("DR", True, True), ("AU", True, True)]
)
def test_departments_and_everyone(world: World, kind: str, boris: bool, vera: bool) -> None:
    world.add("Тайна")
    subject = EVERYONE if kind == "AU" else Subject(kind, world.sales.pk)
    world.grant({subject: VIEW})
    assert (bool(world.seen(world.boris)), bool(world.seen(world.vera))) == (boris, vera)
    assert bool(visible_lists(world.vera)) is vera


def test_the_credentials_story(world: World) -> None:
    """Everyone adds, authors keep what they added, each entry names its readers."""
    own = frozenset({Right.VIEW, Right.CHANGE, Right.DELETE, Right.ACCESS})
    world.grant({EVERYONE: ADD, AUTHOR: own})
    mine = world.add("Бориса", world.boris)
    world.add("Веры", world.vera)
    assert (world.seen(world.boris), world.seen(world.vera)) == ({"Бориса"}, {"Веры"})
    set_element_rights(
        world.list.pk, mine.pk, {user(world.vera): VIEW}, restricted=False, actor=world.boris
    )
    assert world.seen(world.vera) == {"Бориса", "Веры"}
    with pytest.raises(Forbidden):
        update_element(world.list.pk, mine.pk, {"NAME": "x"}, version=1, actor=world.vera)
    set_element_rights(world.list.pk, mine.pk, {}, restricted=False, actor=world.boris)
    assert world.seen(world.vera) == {"Веры"}
    assert differing(world.list.pk) == []


def test_a_list_of_authors_shows_to_authors_only(world: World) -> None:
    world.grant({EVERYONE: ADD, AUTHOR: VIEW})
    world.add("Бориса", world.boris)
    world.grant({AUTHOR: VIEW})
    assert [list(visible_lists(who)) for who in (world.boris, world.vera)] == [[world.list], []]


def test_a_section_gives_and_cuts(world: World) -> None:
    top = world.section("Верх")
    inner = world.section("Низ", top.pk)
    world.add("верхний", section=top.pk)
    world.add("нижний", section=inner.pk)
    world.add("корневой")
    set_section_rights(
        world.list.pk, top.pk, {user(world.boris): EDIT}, restricted=False, actor=world.anna
    )
    assert world.seen(world.boris) == {"верхний", "нижний"}
    set_section_rights(world.list.pk, inner.pk, {}, restricted=True, actor=world.anna)
    assert world.seen(world.boris) == {"верхний"}
    # Who restricted it keeps their rights, though full access does not reach into it.
    assert world.seen(world.anna) == {"верхний", "нижний", "корневой"}
    assert grants_on(Section, inner.pk) == {user(world.anna): frozenset(Right)}


def test_a_restricted_element_hides_from_full_access(world: World) -> None:
    world.grant({user(world.boris): FULL})
    row = world.add("Тайна", world.boris)
    set_element_rights(world.list.pk, row.pk, {}, restricted=True, actor=world.boris)
    assert (world.seen(world.anna), world.seen(world.boris)) == (set(), {"Тайна"})
    root = person("root", is_superuser=True)
    assert world.seen(root) == {"Тайна"}
    copied = copy_element(world.list.pk, row.pk, actor=world.boris)
    assert world.seen(world.anna) == set()
    assert Right.FULL in world.may(world.boris, copied)


def test_the_maximum_wins(world: World) -> None:
    row = world.add("Общий")
    world.grant({EVERYONE: VIEW, user(world.boris): EDIT})
    set_element_rights(
        world.list.pk, row.pk, {user(world.boris): VIEW}, restricted=False, actor=world.anna
    )
    assert world.may(world.boris, row) == EDIT
    assert world.may(world.vera, row) == VIEW


def test_moving_asks_for_the_new_place(world: World) -> None:
    top = world.section("Закрытый")
    set_section_rights(world.list.pk, top.pk, {}, restricted=True, actor=world.anna)
    world.grant({user(world.boris): EDIT})
    row = world.add("Ель", world.boris)
    with pytest.raises(Invalid):
        move_elements(world.list.pk, [row.pk], section_id=top.pk, actor=world.boris)
    with pytest.raises(NotFound):
        move_section(world.list.pk, top.pk, parent_id=None, order=[], actor=world.boris)
    grants = {user(world.anna): FULL, user(world.boris): VIEW}
    set_section_rights(world.list.pk, top.pk, grants, restricted=True, actor=world.anna)
    with pytest.raises(Forbidden):
        move_elements(world.list.pk, [row.pk], section_id=top.pk, actor=world.boris)


def test_deleting_and_restoring_ask_for_the_right_on_each(world: World) -> None:
    world.grant({EVERYONE: ADD, AUTHOR: EDIT})
    mine, hers = world.add("Бориса", world.boris), world.add("Веры", world.vera)
    assert delete_elements(world.list.pk, [mine.pk, hers.pk], actor=world.boris) == 1
    assert world.seen(world.vera) == {"Веры"}
    assert restore_elements(world.list.pk, [mine.pk], actor=world.vera) == 0
    assert restore_elements(world.list.pk, [mine.pk], actor=world.boris) == 1


# --- who may give what (A-38) -----------------------------------------------------------


def test_a38_nobody_gives_more_than_they_hold(world: World) -> None:
    keeper = frozenset({Right.VIEW, Right.ACCESS})
    world.grant({user(world.boris): keeper})
    row = world.add("Ель")
    boris, vera = user(world.boris), user(world.vera)
    with pytest.raises(Forbidden):
        set_list_rights(
            world.list.pk,
            {user(world.anna): FULL, boris: keeper, vera: EDIT},
            actor=world.boris,
        )
    with pytest.raises(Forbidden):  # nor takes away what is above them
        set_list_rights(world.list.pk, {boris: keeper}, actor=world.boris)
    set_list_rights(
        world.list.pk, {user(world.anna): FULL, boris: keeper, vera: VIEW}, actor=world.boris
    )
    assert world.seen(world.vera) == {"Ель"}
    with pytest.raises(Forbidden):
        grant_on_elements(world.list.pk, [row.pk], {vera: {Right.DELETE}}, actor=world.boris)
    with pytest.raises(Forbidden):
        set_element_rights(world.list.pk, row.pk, {}, restricted=False, actor=world.vera)


def test_a38_nobody_locks_themselves_out(world: World) -> None:
    with pytest.raises(Invalid):
        set_list_rights(world.list.pk, {EVERYONE: VIEW}, actor=world.anna)
    assert grants_on(List, world.list.pk) == {user(world.anna): FULL}


def test_a38_lifting_a_restriction_gives_its_lifter_nothing(world: World) -> None:
    top = world.section("Закрытый")
    keeper = frozenset({Right.VIEW, Right.ACCESS})
    world.grant({user(world.boris): FULL})
    grants = {user(world.anna): FULL, user(world.boris): keeper}
    set_section_rights(world.list.pk, top.pk, grants, restricted=True, actor=world.anna)
    row = world.add("Тайна", section=top.pk)
    set_element_rights(world.list.pk, row.pk, grants, restricted=True, actor=world.anna)
    with pytest.raises(Forbidden):
        set_section_rights(world.list.pk, top.pk, grants, restricted=False, actor=world.boris)
    set_section_rights(world.list.pk, top.pk, grants, restricted=False, actor=world.anna)
    with pytest.raises(Forbidden):
        set_element_rights(world.list.pk, row.pk, grants, restricted=False, actor=world.boris)
    assert world.may(world.boris, row) == keeper


@pytest.mark.parametrize("code", ["U99999", "G99999", "D99999", "DR99999"])
def test_a38_unknown_subjects_get_nothing(world: World, code: str) -> None:
    with pytest.raises(Invalid):
        world.grant({Subject.parse(code): VIEW})
    everyone = Subject("G", next(iter(world.sales.group_id for _ in "x")) or 0)
    with pytest.raises(Invalid):  # a department's own group is no group of people
        world.grant({everyone: VIEW})


def test_many_elements_are_granted_at_once(world: World) -> None:
    ids = [world.add(f"№{number}").pk for number in range(5)]
    found = grant_on_elements(world.list.pk, ids, {user(world.vera): VIEW}, actor=world.anna)
    assert found == ids
    assert len(world.seen(world.vera)) == 5
    assert differing(world.list.pk) == []


def test_a_deleted_group_leaves_nothing_behind(world: World) -> None:
    root = person("root", is_superuser=True)
    group = create_group(actor=root, name="Проект")
    row = world.add("Тайна")
    subject = Subject("G", group.pk)
    world.grant({subject: VIEW})
    set_element_rights(world.list.pk, row.pk, {subject: VIEW}, restricted=False, actor=world.anna)
    assert rights_of(group.pk) == 2
    delete_group(group, actor=root)
    assert differing(world.list.pk) == []
    assert grants_on(List, world.list.pk) == {user(world.anna): FULL}


# --- fields -----------------------------------------------------------------------------


def restrict(world: World, **marks: Any) -> None:
    given = {"view_restricted": False, "change_restricted": False, "grants": {}, **marks}
    grants = given.pop("grants")
    set_field_rights(world.list.pk, world.price.pk, grants, actor=world.anna, **given)
    world.list.refresh_from_db()


def codes(world: World, actor: Employee, row: Any = None) -> set[str]:
    return {field.code for field in schema_for(actor, world.list, row).fields}


def test_a_hidden_field_does_not_exist(world: World) -> None:
    world.grant({EVERYONE: EDIT})
    row = world.add("Ель")
    restrict(world, view_restricted=True, grants={user(world.vera): VIEW})
    assert [codes(world, who) for who in (world.anna, world.boris, world.vera)] == [
        {"P"},
        set(),
        {"P"},
    ]
    messages = []
    for code in ("P", "NOPE"):
        with pytest.raises(Invalid) as caught:
            update_element(world.list.pk, row.pk, {code: 5}, version=1, actor=world.boris)
        messages.append(caught.value.errors[code])
    assert messages[0] == messages[1]


def test_a_locked_field_is_read_only(world: World) -> None:
    world.grant({EVERYONE: EDIT})
    row = world.add("Ель")
    restrict(world, change_restricted=True, grants={user(world.vera): {Right.CHANGE}})
    assert codes(world, world.boris) == {"P"}
    with pytest.raises(Invalid):
        update_element(world.list.pk, row.pk, {"P": 5}, version=1, actor=world.boris)
    update_element(world.list.pk, row.pk, {"P": 5}, version=1, actor=world.vera)


def test_a_required_field_out_of_reach_may_stay_empty(world: World) -> None:
    world.grant({EVERYONE: EDIT})
    Field.objects.filter(pk=world.price.pk).update(required=True)
    restrict(world, change_restricted=True)
    assert world.add("Ель", world.boris).name == "Ель"
    with pytest.raises(Invalid):
        world.add("Сосна")  # full access fills every field


def test_a_field_of_authors_shows_on_their_own_elements(world: World) -> None:
    world.grant({EVERYONE: EDIT})
    mine, other = world.add("Бориса", world.boris), world.add("Веры", world.vera)
    restrict(world, view_restricted=True, grants={AUTHOR: {Right.VIEW}})
    assert codes(world, world.boris) == set()
    assert codes(world, world.boris, mine) == {"P"}
    assert codes(world, world.boris, other) == set()


def test_only_full_access_changes_field_rights(world: World) -> None:
    world.grant({user(world.boris): EDIT | {Right.ACCESS}})
    with pytest.raises(Forbidden):
        set_field_rights(
            world.list.pk,
            world.price.pk,
            {},
            view_restricted=True,
            change_restricted=False,
            actor=world.boris,
        )


def test_a_copy_made_in_the_form_stays_as_closed(world: World, client: Client) -> None:
    world.grant({user(world.boris): EDIT})
    row = world.add("Тайна")
    grants = {user(world.anna): FULL, user(world.boris): VIEW}
    set_element_rights(world.list.pk, row.pk, grants, restricted=True, actor=world.anna)
    client.force_login(world.anna)
    address = f"{reverse('element_add', args=[world.list.pk])}?copy={row.pk}"
    assert client.post(address, {"NAME": "Копия"}).status_code == 302
    copied = schema_of(world.list).model.objects.get(name="Копия")
    assert (copied.restricted, grants_on(Element, copied.pk)) == (True, grants_on(Element, row.pk))


def test_a_hidden_section_is_no_place_to_put_one(world: World) -> None:
    world.grant({user(world.boris): EDIT})
    hidden, mine = world.section("Закрытый"), world.section("Мой")
    set_section_rights(world.list.pk, hidden.pk, {}, restricted=True, actor=world.anna)
    told = []
    for parent in (hidden.pk, 999_999):
        with pytest.raises(Invalid) as caught:
            move_section(world.list.pk, mine.pk, parent_id=parent, order=[], actor=world.boris)
        told.append(caught.value.errors)
    assert told[0] == told[1]
