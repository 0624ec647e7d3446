"""Rights act at once: after each change every selector says what the oracle says.

A machine draws the changes. Each is made through the services, as people make it, and in the
world beside them; then somebody looks. `SVOD_ORACLE=200` draws so many histories.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from crm_link.models import Role, Scope
from crm_link.selectors.roles import Draft
from crm_link.services.roles import update_role
from lists_core.access import Right
from lists_core.models import Section
from lists_core.schema.cache import forget_schemas
from lists_core.selectors.rights import grants_on
from lists_core.services import rights as services
from lists_core.services.elements import (
    delete_elements,
    move_elements,
    restore_elements,
    update_element,
)
from staff.models import Department, Employee
from staff.services.departments import move_department
from staff.services.employees import update_employee
from tests.access.adapters import READING
from tests.access.adapters_crm import card_tab_pages
from tests.access.adapters_groups import grouped
from tests.access.adapters_links import LINKS
from tests.access.adapters_replies import quick_replies
from tests.access.adapters_reports import reports
from tests.access.adapters_tabs import TABS, tabs
from tests.access.adapters_talk import readers_of
from tests.access.adapters_write import WRITING
from tests.access.look import differences
from tests.access.small_world import small_world
from tests.access.worlds import (
    MODELS,
    WHO,
    Built,
    Prepared,
    build,
    prepare,
)

pytestmark = pytest.mark.django_db
QUICK = [tabs, *(a for a in READING if a.__name__ in {
    "lists", "rows", "rights", "fields", "names", "sections", "history", "files", "readers",
})]  # fmt: skip
EVERY = [*READING, *LINKS, readers_of, *TABS, *WRITING, reports, grouped, quick_replies]


EXAMPLES = int(os.environ.get("SVOD_ORACLE", "0"))


@pytest.fixture
def prepared(db, tmp_path, settings) -> Prepared:
    settings.MEDIA_ROOT = tmp_path
    return prepare()


def same(built: Built, people: Collection[int]) -> None:
    forget_schemas()  # another process
    found = differences(built, people, QUICK)
    assert not found, "\n".join(found)


def regrant(built: Built, kind: str, thing: int, *, restricted: bool | None = None) -> None:
    """Write the world's grants on a thing through the service that people use."""
    world, admin = built.world, built.fresh(1)
    list_ = built.lists[thing if kind == "list" else 1].pk
    wanted = {
        built.subject(code): frozenset(map(Right, given))
        for k, t, code, given in world.grants
        if (k, t) == (kind, thing)
    }
    row = getattr(world, kind + "s")[thing]
    if restricted and not row["restricted"]:
        # Who restricts a thing keeps what they held: the administrator is given it.
        world.grants.append((kind, thing, "U1", frozenset({"full"})))
    if restricted is not None:
        row["restricted"] = restricted
    pk = built.thing(kind, thing)
    if kind == "list":
        services.set_list_rights(list_, wanted, actor=admin)
    elif kind == "field":
        marks = {"view_restricted": row["hidden"], "change_restricted": row["locked"]}
        services.set_field_rights(list_, pk, wanted, **marks, actor=admin)
    else:
        call = services.set_section_rights if kind == "section" else services.set_element_rights
        call(list_, pk, wanted, restricted=row["restricted"], actor=admin)
    assert set(wanted) <= set(grants_on(MODELS[kind], pk))


def test_everything_in_the_small_world(prepared: Prepared) -> None:
    built = build(small_world(), prepared)
    found = differences(built, built.world.people, EVERY)
    assert not found, "\n".join(found)


def test_tabs_of_cards_in_the_small_world(prepared: Prepared) -> None:
    built = build(small_world(), prepared)
    found = differences(built, [4, 8], [card_tab_pages])
    assert not found, "\n".join(found)


def test_what_is_taken_is_gone(prepared: Prepared) -> None:
    """The shortest history: somebody looks, loses a grant and a group, and looks again."""
    built = build(small_world(), prepared)
    world = built.world
    same(built, {3, 5})
    world.grants = [one for one in world.grants if one[:2] != ("element", 8)]
    world.grants.append(("element", 8, "U1", frozenset({"full"})))
    regrant(built, "element", 8)
    built.groups[1].user_set.remove(built.people[5])
    world.groups[1]["members"].discard(5)
    same(built, {3, 5})


def test_what_is_closed_later_hides_its_list(prepared: Prepared) -> None:
    """Who sees a list only for an element of their own loses it with that element."""
    world = small_world()
    world.elements[17]["restricted"] = False
    built = build(world, prepared)
    same(built, {10})
    regrant(built, "element", 17, restricted=True)
    same(built, {10})


# --- the machine --------------------------------------------------------------------------

THINGS = [
    *(("list", number) for number in (1, 2)),
    *(("section", number) for number in (1, 2, 3)),
    *(("element", number) for number in (1, 2, 3, 4, 5, 8)),
    *(("field", number) for number in (1, 4)),
]
SUBJECTS = ["AU", "CR", "U3", "U4", "U5", "D1", "D2", "DR1", "DR2", "DR3", "G1"]
MEANT = {
    "list": {"view", "add", "change", "delete", "access", "full"},
    "section": {"view", "add", "change", "delete", "access", "full"},
    "element": {"view", "change", "delete", "access", "full"},
    "field": {"view", "change"},
}
ORDINARY = st.sampled_from([3, 4, 5])
PLACES = st.sampled_from([None, 1, 2, 3])


class History(RuleBasedStateMachine):
    """One world from beginning to end, inside a savepoint that is rolled back."""

    prepared: Prepared

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.built = build(small_world(), self.prepared)
        self.world = self.built.world
        self.list = self.built.lists[1].pk
        self.turn = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)
        forget_schemas()

    @invariant()
    def everybody_sees_what_the_oracle_says(self) -> None:
        """Two look after every change, in turn."""
        self.turn += 1
        people = sorted(self.world.people)[:7]
        same(self.built, {people[self.turn % 7], people[(self.turn * 2 + 1) % 7]})

    def in_bin(self, kind: str, number: int) -> bool:
        """Nobody gives rights on what lies there: the services know no such element."""
        return kind == "element" and bool(self.world.elements[number]["deleted"])

    @rule(thing=st.sampled_from(THINGS), subject=st.sampled_from(SUBJECTS), data=st.data())
    def grant(self, thing: tuple[str, int], subject: str, data: Any) -> None:
        if self.in_bin(*thing):
            return
        rights = st.frozensets(st.sampled_from(sorted(MEANT[thing[0]])), min_size=1, max_size=2)
        self.world.grants.append((*thing, subject, data.draw(rights)))
        regrant(self.built, *thing)

    @rule(thing=st.sampled_from(THINGS))
    def revoke(self, thing: tuple[str, int]) -> None:
        """All but what the administrator keeps of a restricted thing."""
        if self.in_bin(*thing):
            return
        kept = [one for one in self.world.grants if one[:2] != thing or one[2] == "U1"]
        self.world.grants = kept
        regrant(self.built, *thing)

    @rule(thing=st.sampled_from(THINGS[2:-2]), restricted=st.booleans())
    def restrict(self, thing: tuple[str, int], restricted: bool) -> None:
        if self.in_bin(*thing):
            return
        regrant(self.built, *thing, restricted=restricted)

    @rule(person=ORDINARY, place=PLACES)
    def employ(self, person: int, place: int | None) -> None:
        department = Department.objects.get(pk=self.built.departments[place].pk) if place else None
        somebody = self.built.fresh(person)
        update_employee(somebody, {"department": department}, actor=self.built.fresh(1))
        self.world.people[person]["department"] = place

    @rule(move=st.sampled_from([(2, None), (2, 1), (2, 3), (3, None), (3, 1)]))
    def move_department(self, move: tuple[int, int | None]) -> None:
        number, above = move
        parent = Department.objects.get(pk=self.built.departments[above].pk) if above else None
        moved = Department.objects.get(pk=self.built.departments[number].pk)
        move_department(moved, parent=parent, actor=self.built.fresh(1))
        self.world.departments[number]["parent"] = above

    @rule(person=ORDINARY, joins=st.booleans())
    def change_group(self, person: int, joins: bool) -> None:
        members = self.built.groups[1].user_set
        (members.add if joins else members.remove)(self.built.people[person])
        own = self.world.groups[1]["members"]
        (own.add if joins else own.discard)(person)

    @rule(person=ORDINARY, mark=st.sampled_from(["active", "admin"]), value=st.booleans())
    def mark(self, person: int, mark: str, value: bool) -> None:
        column = {"active": "is_active", "admin": "is_superuser"}[mark]
        Employee.objects.filter(pk=self.built.people[person].pk).update(**{column: value})
        self.world.people[person][mark] = value

    @rule(element=st.sampled_from([1, 2, 3, 4, 5]), place=PLACES)
    def move_element(self, element: int, place: int | None) -> None:
        if self.world.elements[element]["deleted"]:
            return
        section = self.built.sections[place].pk if place else None
        ids = [self.built.elements[element]]
        move_elements(self.list, ids, section_id=section, actor=self.built.fresh(1))
        self.world.elements[element]["section"] = place

    @rule(move=st.sampled_from([(2, None), (2, 1), (2, 3), (3, None), (3, 1)]))
    def move_section(self, move: tuple[int, int | None]) -> None:
        number, above = move
        parent = self.built.sections[above].pk if above else None
        # The program keeps the sections of a list of CRM: no page moves them.
        Section.objects.filter(pk=self.built.sections[number].pk).update(parent=parent)
        self.world.sections[number]["parent"] = above

    @rule(person=st.sampled_from([None, 3, 6, 7]), place=st.sampled_from([1, 2, 3]))
    def appoint(self, person: int | None, place: int) -> None:
        head = self.built.people[person] if person else None
        Department.objects.filter(pk=self.built.departments[place].pk).update(head=head)
        self.world.departments[place]["head"] = person

    @rule(element=st.sampled_from([9, 10, 13]), person=st.sampled_from([3, 6, 7, 8]))
    def hand_over(self, element: int, person: int) -> None:
        pk = self.built.elements[element]
        row = self.built.schema(1).model.objects.get(pk=pk)
        values = {WHO: self.built.people[person].pk}
        update_element(self.list, pk, values, version=row.version, actor=self.built.fresh(1))
        self.world.elements[element]["responsible"] = person

    @rule(
        member=st.sampled_from(["U7", "U6", "DR1", "AU"]),
        view=st.sampled_from(["none", "own", "department", "subtree", "all"]),
    )
    def change_role(self, member: str, view: str) -> None:
        role = Role.objects.get(name="role2")
        permissions = {(self.list, None): {Right.VIEW: Scope(view)}}
        draft = Draft("role2", members=[self.built.subject(member)], permissions=permissions)
        update_role(role.pk, draft, actor=self.built.fresh(1))
        own = {(1, None): {"view": view}}
        self.world.roles[2] = {"members": {member}, "permissions": own}

    @rule(element=st.sampled_from([1, 2, 3, 4, 5]))
    def bin_or_restore(self, element: int) -> None:
        row = self.world.elements[element]
        act = restore_elements if row["deleted"] else delete_elements
        act(self.list, [self.built.elements[element]], actor=self.built.fresh(1))
        row["deleted"] = not row["deleted"]


def test_rights_act_at_once(prepared: Prepared) -> None:
    History.prepared = prepared
    limits = settings(
        max_examples=EXAMPLES or 6,
        stateful_step_count=10,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        phases=[Phase.generate] + ([Phase.shrink] if EXAMPLES else []),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(History, settings=limits)
