"""Rights by roles of CRM: scopes, pipelines, adding, and every way to ask agreeing."""

from __future__ import annotations

from typing import Any

import pytest

from crm_link.access import may_manage_crm
from crm_link.kinds import DEAL, kinds
from crm_link.models import Role, RoleMember, RolePermission
from crm_link.services.items import move_to_stage
from crm_link.services.stages import create_pipeline
from lists_core.access import Right, allowed, changeable, rights_on, visible_lists
from lists_core.models import List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.audience import audience
from lists_core.selectors.explain import explain
from lists_core.selectors.secured import Secured
from lists_core.services.bulk import bulk_move
from lists_core.services.elements import update_element
from lists_core.services.rights import set_section_rights
from staff.models import Department, Employee
from staff.services.departments import create_department
from staff.services.groups import sync_groups
from staff.subjects import EVERYONE, Subject, holders
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.crm_link.crm_world import item, stage

pytestmark = pytest.mark.django_db


class Firm:
    """Sales with the department North below it and Service beside. `boss` heads Sales and works
    in none; `seller` and `colleague` work in Sales, `north` in North, `smith` in Service."""

    def __init__(self, admin: Employee) -> None:
        self.admin = admin
        self.deals = List.objects.get(system=DEAL.system)
        self.sales = self._department("Продажи", None)
        self.places = {
            "boss": None,
            "seller": self.sales,
            "colleague": self.sales,
            "north": self._department("Север", self.sales),
            "smith": self._department("Сервис", None),
        }
        self.people = {name: self._person(name, place) for name, place in self.places.items()}
        Department.objects.filter(pk=self.sales.pk).update(head=self["boss"])
        sync_groups()
        self.first = Section.objects.get(list=self.deals)
        self.second = create_pipeline(self.deals, "Вторая", actor=admin)
        self.rows = {
            (name, place.pk): item("deal", admin, name, RESPONSIBLE=who.pk, pipeline=place.pk)
            for name, who in self.people.items()
            for place in (self.first, self.second)
        }

    def __getitem__(self, name: str) -> Employee:
        return Employee.objects.get(pk=self.people[name].pk)

    def _department(self, name: str, above: Department | None) -> Department:
        return create_department(actor=None, name=name, parent=above)

    def _person(self, name: str, place: Department | None) -> Employee:
        made: Employee = Employee.objects.create_user(name, f"{name}@x.example", "x")
        made.department = place
        made.save()
        return made

    def role(self, *members: str | Subject, kind: str = "deal", **scopes: str) -> Role:
        """A role with a permission for all pipelines."""
        made = Role.objects.create(name="Роль")
        for member in members:
            subject = member if isinstance(member, Subject) else Subject("U", self[member].pk)
            employee, group = holders([subject])[subject]
            RoleMember.objects.create(role=made, employee_id=employee, group_id=group)
        self.permit(made, None, kind=kind, **scopes)
        return made

    def permit(
        self, role: Role, place: Section | None, *, kind: str = "deal", **scopes: str
    ) -> None:
        given = {f"may_{name}": scope for name, scope in scopes.items()}
        list_ = List.objects.get(system=kinds.get(kind).system)
        RolePermission.objects.create(role=role, list=list_, section=place, **given)

    def found(self, name: str, right: Right = Right.VIEW) -> set[tuple[str, int]]:
        """What the predicate finds; every other way to ask has to agree."""
        actor, schema = self[name], schema_of(self.deals)
        rows = list(schema.model.objects.all())
        query = schema.model.objects.filter(allowed(actor, right, schema))
        ids = set(query.values_list("pk", flat=True))
        held = rights_on(actor, schema, rows)
        assert ids == {pk for pk, rights in held.items() if right in rights}
        if right == Right.CHANGE:
            assert ids == changeable(actor, schema, rows)
        for row in rows:
            told = explain(Secured(self.deals, row=row), actor, actor=self.admin)
            assert told.rights == held[row.pk] - {Right.ADD}
            reads = audience(self.deals, row, actor=self.admin).filter(pk=actor.pk).exists()
            assert reads == (Right.VIEW in held[row.pk])
        return {key for key, row in self.rows.items() if row.pk in ids}

    def of(self, *names: str, place: Section | None = None) -> set[tuple[str, int]]:
        places = [place] if place else [self.first, self.second]
        return {(name, one.pk) for name in names for one in places}


@pytest.fixture
def firm(admin: Employee) -> Firm:
    return Firm(admin)


SEEN: dict[tuple[str, str], tuple[str, ...]] = {
    ("seller", "none"): (),
    ("seller", "own"): ("seller",),
    ("seller", "department"): ("seller", "colleague"),
    ("seller", "subtree"): ("seller", "colleague", "north"),
    ("seller", "all"): ("boss", "seller", "colleague", "north", "smith"),
    ("boss", "own"): ("boss",),
    ("boss", "department"): ("boss", "seller", "colleague"),
    ("boss", "subtree"): ("boss", "seller", "colleague", "north"),
    ("north", "subtree"): ("north",),
}


@pytest.mark.parametrize(("who", "scope"), SEEN)
def test_scopes(firm: Firm, who: str, scope: str) -> None:
    firm.role(who, view=scope)
    assert firm.found(who) == firm.of(*SEEN[who, scope])
    assert firm.found("smith") == set()
    seen = visible_lists(firm[who]).filter(pk=firm.deals.pk).exists()
    assert seen == bool(SEEN[who, scope])


def test_change_brings_view(firm: Firm) -> None:
    firm.role("seller", view="own", change="department")
    assert firm.found("seller") == firm.found("seller", Right.CHANGE)
    assert firm.found("seller") == firm.of("seller", "colleague")
    assert firm.found("seller", Right.DELETE) == set()


def test_a_pipeline_has_its_own_permission_instead(firm: Firm) -> None:
    role = firm.role("seller", view="all", delete="own")
    firm.permit(role, firm.second, view="own")
    assert firm.found("seller") == firm.of(*firm.people, place=firm.first) | firm.of("seller")
    assert firm.found("seller", Right.DELETE) == firm.of("seller", place=firm.first)


def test_roles_add_up_each_with_its_own_pipelines(firm: Firm) -> None:
    closed = firm.role("seller", view="all")
    firm.permit(closed, firm.second)
    assert firm.found("seller") == firm.of(*firm.people, place=firm.first)
    firm.role(EVERYONE, view="own")
    assert firm.found("seller") == firm.of(*firm.people, place=firm.first) | firm.of("seller")
    assert firm.found("smith") == firm.of("smith")


def test_members_by_department_and_what_is_left_out(firm: Firm) -> None:
    firm.role(Subject("DR", firm.sales.pk), view="own")
    for name in ("seller", "colleague", "north"):
        assert firm.found(name) == firm.of(name)
    assert firm.found("boss") == set()  # heading gives no membership


def test_a_restricted_pipeline_takes_only_its_own_permission(firm: Firm) -> None:
    role = firm.role("seller", view="all")
    set_section_rights(firm.deals.pk, firm.second.pk, {}, restricted=True, actor=firm.admin)
    assert firm.found("seller") == firm.of(*firm.people, place=firm.first)
    firm.permit(role, firm.second, view="own")
    assert firm.found("seller") - firm.of(*firm.people, place=firm.first) == firm.of(
        "seller", place=firm.second
    )


def test_roles_act_at_once(firm: Firm) -> None:
    role = firm.role("seller", view="all")
    assert firm.found("seller")
    role.members.all().delete()
    assert firm.found("seller") == set()
    Employee.objects.filter(pk=firm["north"].pk).update(is_active=False)
    firm.role("boss", view="subtree")
    assert ("north", firm.first.pk) in firm.found("boss")  # who left stays responsible
    assert firm.found("north") == set()


def test_adding_within_the_scope(firm: Firm) -> None:
    firm.role("seller", add="department", view="own", change="own")
    made = item("deal", firm["seller"])
    schema = schema_of(firm.deals)
    assert schema["RESPONSIBLE"].read(made) == firm["seller"].pk
    item("deal", firm["seller"], RESPONSIBLE=firm["colleague"].pk)
    with pytest.raises(Invalid) as refused:
        item("deal", firm["seller"], RESPONSIBLE=firm["north"].pk)
    assert refused.value.errors.keys() == {"RESPONSIBLE"}
    with pytest.raises(Invalid):
        item("deal", firm["seller"], RESPONSIBLE=firm["smith"].pk, STAGE=second_stage(firm))
    changed = update_element(
        firm.deals.pk, made.pk, {"RESPONSIBLE": firm["smith"].pk}, actor=firm["seller"],
        version=made.version,
    )  # fmt: skip
    with pytest.raises(NotFound):
        update_element(
            firm.deals.pk, made.pk, {"NAME": "x"}, actor=firm["seller"], version=changed.version
        )


def second_stage(firm: Firm) -> int:
    return int(stage("deal", f"C{firm.second.pk}:NEW").pk)


def test_adding_in_one_pipeline_only(firm: Firm) -> None:
    role = firm.role("seller", view="all", change="all")
    firm.permit(role, firm.second, view="all", change="all", add="own")
    assert item("deal", firm["seller"]).section == firm.second.pk
    with pytest.raises(Forbidden):
        item("deal", firm["seller"], pipeline=firm.first.pk)
    mine, other = (firm.rows[name, firm.first.pk] for name in ("seller", "smith"))
    moved = move_to_stage(DEAL, mine.pk, second_stage(firm), actor=firm["seller"])
    assert moved.section == firm.second.pk
    with pytest.raises(Invalid):
        move_to_stage(DEAL, other.pk, second_stage(firm), actor=firm["seller"])
    with pytest.raises(Invalid):
        bulk_move(firm.deals.pk, [other.pk], section_id=firm.second.pk, actor=firm["seller"])


def test_who_may_change_the_settings(firm: Firm) -> None:
    assert may_manage_crm(firm.admin)
    assert not may_manage_crm(firm["seller"])
    with pytest.raises(Forbidden):
        create_pipeline(firm.deals, "Третья", actor=firm["seller"])
    role = firm.role("seller")
    Role.objects.filter(pk=role.pk).update(manages=True)
    assert may_manage_crm(firm["seller"])
    create_pipeline(firm.deals, "Третья", actor=firm["seller"])
    Employee.objects.filter(pk=firm["seller"].pk).update(is_active=False)
    assert not may_manage_crm(firm["seller"])
    assert not may_manage_crm(firm["smith"])


def test_the_explanation_names_the_role(firm: Firm) -> None:
    firm.role("seller", view="department")
    row: Any = firm.rows["colleague", firm.first.pk]
    told = explain(Secured(firm.deals, row=row), firm["seller"], actor=firm.admin)
    step = next(step for step in told.steps if "Роль" in step.title)
    assert step.mood == "given"
    row = firm.rows["smith", firm.first.pk]
    told = explain(Secured(firm.deals, row=row), firm["seller"], actor=firm.admin)
    step = next(step for step in told.steps if "Роль" in step.title)
    assert step.mood == "note"
    assert len(step.lines) == 2
