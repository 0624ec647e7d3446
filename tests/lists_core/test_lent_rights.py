"""Rights that a grantor lends: every surface that says who may what knows of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from lists_core.access import (
    Right,
    allowed,
    changeable,
    list_rights,
    may_arrange,
    may_somewhere,
    rights_on,
    visible_lists,
)
from lists_core.access.granted import Who
from lists_core.access.more import LENDABLE, Grantor, Lent, Loan, Reason, grantors
from lists_core.models import List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.audience import audience
from lists_core.selectors.elements import elements
from lists_core.selectors.explain import explain
from lists_core.selectors.sections import section_choices, sections_of
from lists_core.selectors.secured import Secured
from lists_core.services.elements import create_element, update_element
from lists_core.services.fields import delete_field
from lists_core.services.rights import grant_on_elements
from lists_core.services.sections import update_section
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.access.attack_world import World, browser, person

pytestmark = pytest.mark.django_db
VIEW, ADD, CHANGE = (frozenset({right}) for right in (Right.VIEW, Right.ADD, Right.CHANGE))
OWNER = "RESPONSIBLE"


@dataclass
class Loans(Grantor):
    """Employee id → list id → section id or None → loan."""

    slug = "test"
    given: dict[int, dict[int, dict[int | None, Loan]]] = field(default_factory=dict)

    def lent(
        self, actor: Employee, person: Who, list_ids: Collection[int]
    ) -> Mapping[int, Sequence[Lent]]:
        mine = self.given.get(actor.pk, {})
        return {pk: [Lent(mine[pk], OWNER)] for pk in list_ids if pk in mine}

    def lists(self, person: Who) -> Q:
        return Q(pk__in=list(self.given.get(person.id, {})))

    def owner_code(self, list_: List) -> str:
        return OWNER

    def _nearest(self, who: int, list_: List, places: Sequence[int | None]) -> Loan:
        mine = self.given.get(who, {}).get(list_.pk, {})
        return next((mine[place] for place in places if place in mine), Loan())

    def audience(self, list_: List, places: Sequence[int | None], owner: int | None) -> Q:
        def reads(loan: Loan) -> bool:
            lent = loan.all | {right for right, ids in loan.through.items() if owner in ids}
            return bool(lent & LENDABLE - ADD)

        return Q(pk__in=[w for w in self.given if reads(self._nearest(w, list_, places))])

    def reasons(
        self,
        list_: List,
        person: Employee,
        places: Sequence[int | None],
        owner: int | None,
        *,
        one: bool,
    ) -> Iterable[Reason]:
        loan = self._nearest(person.pk, list_, places)
        among = {right for right, ids in loan.through.items() if not one or owner in ids}
        if loan.all or among:
            yield Reason("Role of the test", loan.all | among)


@pytest.fixture
def loans() -> Iterator[Loans]:
    made = Loans()
    kept = grantors.all()
    for one in kept:
        grantors.unregister(one.slug)
    grantors.register(made)
    yield made
    grantors.unregister(made.slug)
    for one in kept:
        grantors.register(one)


class Deals:
    """Two pipelines, `sales` with a section below it, and `closed`, which is restricted; in each
    an element of `mine` and of `other`, and one element restricted."""

    def __init__(self, loans: Loans) -> None:
        self.loans = loans
        self.world = world = World()
        self.mine, self.other = person("mine"), person("other")
        self.field = world.field("employee", OWNER)
        self.sales, self.service = world.section("Продажи"), world.section("Сервис")
        self.below = Section.objects.create(list=world.list, parent=self.sales, name="Опт")
        self.shut = world.section("Закрытая")
        world.grant_section(self.shut, None, frozenset(), restricted=True)
        self.places = {None: "root"} | {
            s.pk: s.name for s in (self.sales, self.service, self.below, self.shut)
        }
        self.rows = {
            (place, name): world.add(f"{name} {name_of}", place, RESPONSIBLE=who.pk)
            for place, name_of in self.places.items()
            for name, who in (("mine", self.mine), ("other", self.other))
        }
        self.tight = world.add("tight", self.sales.pk, RESPONSIBLE=self.mine.pk)
        world.restrict(self.tight)

    def lend(self, places: dict[int | None, Loan], who: Employee | None = None) -> None:
        self.loans.given[(who or self.mine).pk] = {self.world.list.pk: places}

    def own(self, *rights: Right, add: bool = False) -> Loan:
        return Loan(ADD if add else frozenset(), dict.fromkeys(rights, frozenset({self.mine.pk})))

    def found(self, right: Right = Right.VIEW, who: Employee | None = None) -> set[Any]:
        """Checks that all the ways to ask agree, and gives what was found."""
        actor, schema = who or self.mine, schema_of_list(self.world.list)
        rows = list(schema.model.objects.filter(deleted_at=None))
        by_query = set(
            schema.model.objects.filter(allowed(actor, right, schema)).values_list("pk", flat=True)
        )
        held = rights_on(actor, schema, rows)
        assert by_query == {pk for pk, rights in held.items() if right in rights}
        if right == Right.CHANGE:
            assert by_query == changeable(actor, schema, rows)
        for row in rows:
            told = explain(Secured(self.world.list, row=row), actor, actor=self.world.root)
            assert told.rights == held[row.pk] - ADD
            reads = audience(self.world.list, row, actor=self.world.root)
            assert reads.filter(pk=actor.pk).exists() == (Right.VIEW in held[row.pk])
        return {key for key, row in self.rows.items() if row.pk in by_query}

    def keys(self, *places: int | None, who: Sequence[str] = ("mine", "other")) -> set[Any]:
        return {(place, name) for place in places for name in who}


def schema_of_list(list_: List) -> Any:
    list_.refresh_from_db()
    return schema_of(list_)


@pytest.fixture
def deals(loans: Loans) -> Deals:
    return Deals(loans)


def test_own_elements_everywhere_but_where_it_is_cut(deals: Deals) -> None:
    deals.lend({None: deals.own(Right.CHANGE)})
    open_ = [place for place in deals.places if place != deals.shut.pk]
    assert deals.found() == deals.found(Right.CHANGE) == deals.keys(*open_, who=["mine"])
    assert deals.found(Right.DELETE) == set()


def test_a_section_has_its_own_loan_instead(deals: Deals) -> None:
    deals.lend(
        {
            None: Loan(VIEW),
            deals.sales.pk: deals.own(Right.VIEW),
            deals.below.pk: Loan(),
            deals.shut.pk: deals.own(Right.VIEW),
        }
    )
    expected = deals.keys(None, deals.service.pk)
    assert deals.found() == expected | deals.keys(deals.sales.pk, deals.shut.pk, who=["mine"])


def test_loans_and_grants_add_up(deals: Deals) -> None:
    deals.lend({None: deals.own(Right.VIEW), deals.service.pk: Loan()})
    deals.world.grant_section(deals.service, deals.mine, frozenset({Right.CHANGE}))
    open_ = deals.keys(None, deals.sales.pk, deals.below.pk, who=["mine"])
    assert deals.found() == open_ | deals.keys(deals.service.pk)
    assert deals.found(Right.CHANGE) == deals.keys(deals.service.pk)


def test_several_owners(deals: Deals) -> None:
    both = frozenset({deals.mine.pk, deals.other.pk})
    places = {None: Loan(through={Right.VIEW: both}), deals.sales.pk: deals.own(Right.VIEW)}
    deals.lend(places)
    sales = deals.keys(deals.sales.pk, deals.below.pk, who=["mine"])
    assert deals.found() == deals.keys(None, deals.service.pk) | sales


def test_nobody_else_gains(deals: Deals) -> None:
    deals.lend({None: Loan(VIEW | CHANGE)})
    assert deals.found(who=deals.other) == set()
    deals.mine.is_active = False
    deals.mine.save()
    assert deals.found() == set()


def test_what_is_no_right_on_elements_is_not_lent(deals: Deals) -> None:
    deals.lend({None: Loan(frozenset({Right.FULL, Right.ACCESS}))})
    assert deals.found() == set()
    deals.lend({None: Loan(VIEW | frozenset({Right.ACCESS}))})
    assert list_rights(deals.mine, deals.world.list.pk).root.on_all == VIEW
    assert list_rights(deals.mine, deals.world.list.pk).list == frozenset()


def test_lists_and_sections_are_known(deals: Deals) -> None:
    list_ = deals.world.list
    assert not visible_lists(deals.mine).filter(pk=list_.pk).exists()
    deals.lend({deals.below.pk: deals.own(Right.VIEW)})
    assert visible_lists(deals.mine).filter(pk=list_.pk).exists()
    known = {section.pk for section in sections_of(list_, deals.mine)}
    assert known == {deals.sales.pk, deals.below.pk}
    assert browser(deals.mine).get(deals.world.url("list")).status_code == 200
    deals.lend({None: deals.own(Right.VIEW)})
    known = {section.pk for section in sections_of(list_, deals.mine)}
    assert deals.shut.pk not in known
    assert known >= {deals.sales.pk, deals.service.pk, deals.below.pk}


def test_adding_and_changing(deals: Deals) -> None:
    deals.lend({None: deals.own(Right.CHANGE, add=True), deals.service.pk: deals.own(Right.CHANGE)})
    pk, who = deals.world.list.pk, deals.mine
    made = create_element(pk, {"NAME": "новая"}, actor=who, section_id=deals.sales.pk)
    assert made.created_by == who.pk
    with pytest.raises(Forbidden):
        create_element(pk, {"NAME": "нет"}, actor=who, section_id=deals.service.pk)
    with pytest.raises(Invalid):
        create_element(pk, {"NAME": "нет"}, actor=who, section_id=deals.shut.pk)
    row = deals.rows[deals.sales.pk, "mine"]
    update_element(pk, row.pk, {OWNER: deals.other.pk}, actor=who, version=row.version)
    with pytest.raises(NotFound):
        update_element(pk, row.pk, {"NAME": "х"}, actor=who, version=row.version + 1)
    assert deals.keys(deals.sales.pk, who=["mine"]).isdisjoint(deals.found())


def test_sections_and_rights_take_a_grant(deals: Deals) -> None:
    everything = frozenset(Right) - {Right.FULL, Right.ACCESS}
    deals.lend({None: Loan(everything)})
    list_, who = deals.world.list, deals.mine
    assert may_somewhere(who, Right.DELETE, list_)
    assert not may_arrange(who, Right.CHANGE, list_)
    assert section_choices(list_, who, right=Right.CHANGE) == []
    assert section_choices(list_, who, right=Right.ADD)
    with pytest.raises(Forbidden):
        update_section(list_.pk, deals.sales.pk, actor=who, parent_id=None, name="моя")
    web = browser(who)
    assert web.get(deals.world.url("sections")).status_code == 200
    shown = web.get(deals.world.url("sections")).content.decode()
    assert deals.world.url("section_move") not in shown
    for page in ("section_add", "list_access"):
        assert web.get(deals.world.url(page)).status_code == 403
    row = deals.rows[None, "mine"]
    given = {Subject("U", deals.other.pk): VIEW}
    assert grant_on_elements(list_.pk, [row.pk], given, actor=who) == []


def test_who_manages_access_gives_what_is_lent_too(deals: Deals) -> None:
    deals.lend({None: deals.own(Right.CHANGE)})
    deals.world.grant(deals.mine, frozenset({Right.ACCESS}))
    mine, other = deals.rows[None, "mine"], deals.rows[None, "other"]
    given = {Subject("U", deals.other.pk): CHANGE}
    assert grant_on_elements(deals.world.list.pk, [mine.pk], given, actor=deals.mine) == [mine.pk]
    with pytest.raises(Forbidden):
        grant_on_elements(deals.world.list.pk, [other.pk], given, actor=deals.mine)


def test_a_hidden_owner_field_counts_all_the_same(deals: Deals) -> None:
    deals.world.hide_field(field=deals.field)
    deals.lend({None: deals.own(Right.VIEW)})
    assert deals.keys(None, who=["mine"]) <= deals.found()


def test_without_the_owner_field_nothing_is_lent_through_it(deals: Deals) -> None:
    deals.lend({None: deals.own(Right.VIEW), deals.service.pk: Loan(VIEW)})
    delete_field(deals.field.pk, actor=deals.world.root)
    deals.world.list.refresh_from_db()
    assert deals.found() == deals.keys(deals.service.pk)


def test_explained_on_the_list(deals: Deals) -> None:
    deals.lend({None: deals.own(Right.VIEW)})
    thing = Secured(deals.world.list)
    told = explain(thing, deals.mine, actor=deals.world.root)
    assert told.rights == frozenset()
    assert "Role of the test" in [step.title for step in told.steps if step.mood == "note"]
    row = deals.rows[None, "mine"]
    told = explain(Secured(deals.world.list, row=row), deals.mine, actor=deals.world.root)
    assert "Role of the test" in [step.title for step in told.steps if step.mood == "given"]


def test_one_condition_and_no_query_more(deals: Deals) -> None:
    schema = schema_of_list(deals.world.list)

    def queries() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as found:
            sql = str(elements(schema, deals.mine).query)
        return len(found), sql

    queries()  # what a process learns once
    before, _sql = queries()
    deals.lend({None: deals.own(Right.VIEW, Right.CHANGE)})
    after, sql = queries()
    assert after == before
    assert sql.count("= ANY(") == 1
