"""The pages of CRM roles: the matrix, members, the check, the audit, and who may open them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_link.access import may_manage_crm
from crm_link.models import OPERATIONS, Role, RoleMember, RolePermission, Scope
from crm_link.selectors.roles import Draft, fingerprint, stored_draft, what_may
from crm_link.services.roles import (
    Stale,
    create_ready_roles,
    create_role,
    delete_role,
    update_role,
)
from crm_link.services.stages import create_pipeline
from lists_core.access import Right
from lists_core.models import List, Section
from lists_core.services.rights import set_list_rights
from staff.audit_texts import details, subject_names
from staff.models import AuditEntry, Employee
from staff.services.employee_groups import create_group, delete_group
from staff.services.groups import sync_groups
from staff.subjects import EVERYONE, Subject
from svod.base.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db
Lists = dict[str, List]


def test_strangers_and_members_are_refused(admin: Employee, employee: Employee, client: Client):
    role = create_role(Draft("Роль", members=[EVERYONE]), actor=admin)
    client.force_login(employee)
    for name, args in (("crm_roles", []), ("crm_role_add", []), ("crm_role", [role.pk])):
        assert client.get(reverse(name, args=args)).status_code == 403
    for name, args in (("crm_roles_ready", []), ("crm_role_delete", [role.pk])):
        assert client.post(reverse(name, args=args)).status_code == 403
    for write in (
        lambda: create_role(Draft("Новая"), actor=employee),
        lambda: update_role(role.pk, Draft("Иная", manages=True), actor=employee),
        lambda: delete_role(role.pk, actor=employee),
        lambda: create_ready_roles(actor=employee),
    ):
        with pytest.raises(Forbidden):
            write()


def cells(place: str, **scopes: str) -> dict[str, str]:
    return {f"scope-{place}-{right}": scope for right, scope in scopes.items()}


def test_the_matrix_is_saved_as_it_was_filled(
    admin: Employee, employee: Employee, admin_client: Client, lists: Lists
) -> None:
    deal = lists["deal"]
    second = create_pipeline(deal, "Вторая", actor=admin)
    first = Section.objects.filter(list=deal).exclude(pk=second.pk).get()
    sync_groups()
    data = {
        "name": " Продавцы ",
        "members": [f"U{employee.pk}", "AU"],
        "manages": "on",
        **cells(f"{deal.pk}-0", view="all", add="own", change="department"),
        f"own-{deal.pk}-{second.pk}": "on",
        **cells(f"{deal.pk}-{second.pk}", view="own"),
        **cells(f"{deal.pk}-{first.pk}", view="all", delete="all"),  # not ticked: as in all
        **cells(f"{lists['lead'].pk}-0", view="nonsense"),
    }
    assert admin_client.post(reverse("crm_role_add"), data).status_code == 302
    role = Role.objects.get()
    assert (role.name, role.manages) == ("Продавцы", True)
    draft = stored_draft(role)
    assert set(draft.members) == {Subject("U", employee.pk), EVERYONE}
    assert {place for place in draft.permissions if place[0] == deal.pk} == {
        (deal.pk, None),
        (deal.pk, second.pk),
    }
    assert draft.permissions[deal.pk, None][Right.CHANGE] == Scope.DEPARTMENT
    assert draft.permissions[deal.pk, second.pk] == {
        **dict.fromkeys(OPERATIONS, Scope.NONE),
        Right.VIEW: Scope.OWN,
    }
    assert set(draft.permissions[lists["lead"].pk, None].values()) == {Scope.NONE}
    page = admin_client.get(reverse("crm_role", args=[role.pk])).content.decode()
    assert f'name="own-{deal.pk}-{second.pk}" checked' in page
    assert f'name="own-{deal.pk}-{first.pk}">' in page
    assert "Продавцы" in admin_client.get(reverse("crm_roles")).content.decode()


def test_what_cannot_be_kept_comes_back_as_typed(
    admin: Employee, admin_client: Client, lists: Lists
) -> None:
    create_role(Draft("Занято"), actor=admin)
    place = f"{lists['lead'].pk}-0"
    data = {"name": "занято", "members": ["U999999"], **cells(place, view="all")}
    response = admin_client.post(reverse("crm_role_add"), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "U999999" in page
    assert page.count('<option value="all" selected>') == 1
    data["members"] = []
    response = admin_client.post(reverse("crm_role_add"), data)
    assert response.status_code == 422
    assert "уже есть" in response.content.decode()
    assert Role.objects.count() == 1


def test_only_kinds_and_pipelines_of_crm(admin: Employee, lists: Lists) -> None:
    other = List.objects.create(name="Чужой")
    stray = Section.objects.create(list=other, name="Чужой")
    pipeline = Section.objects.get(list=lists["deal"])
    below = Section.objects.create(list=lists["deal"], parent=pipeline, name="Ниже")
    view = {Right.VIEW: Scope.ALL}
    for place in (
        (other.pk, None),
        (lists["deal"].pk, stray.pk),
        (lists["deal"].pk, below.pk),
        (lists["lead"].pk, pipeline.pk),
        (0, None),
    ):
        with pytest.raises(Invalid):
            create_role(Draft("Роль", permissions={place: view}), actor=admin)
    assert not Role.objects.exists()


def test_two_who_edit_one_role(admin: Employee, admin_client: Client, lists: Lists) -> None:
    role = create_role(Draft("Роль"), actor=admin)
    seen = fingerprint(stored_draft(role))
    update_role(role.pk, Draft("Роль", members=[EVERYONE]), actor=admin, seen=seen)
    with pytest.raises(Stale):
        update_role(role.pk, Draft("Роль"), actor=admin, seen=seen)
    url = reverse("crm_role", args=[role.pk])
    response = admin_client.post(url, {"name": "Моя", "fingerprint": seen})
    assert response.status_code == 409
    again = response.context["form"]["fingerprint"].value()
    assert admin_client.post(url, {"name": "Моя", "fingerprint": again}).status_code == 302
    assert Role.objects.get().name == "Моя"


def test_nobody_locks_themselves_out(admin: Employee, employee: Employee, lists: Lists) -> None:
    mine = [Subject("U", employee.pk)]
    role = create_role(Draft("Настройки", manages=True, members=mine), actor=admin)
    assert may_manage_crm(employee)
    with pytest.raises(Invalid) as refused:
        update_role(role.pk, Draft("Настройки", manages=False, members=mine), actor=employee)
    assert refused.value.errors.keys() == {"manages"}
    with pytest.raises(Invalid):
        delete_role(role.pk, actor=employee)
    update_role(role.pk, Draft("Настройки", manages=False, members=mine), actor=admin)
    assert not may_manage_crm(employee)


def test_the_audit_tells_it_in_words(admin: Employee, employee: Employee, lists: Lists) -> None:
    lead = (lists["lead"].pk, None)
    permissions = {lead: {Right.VIEW: Scope.OWN}}
    role = create_role(Draft("Роль", permissions=permissions), actor=admin)
    members = [Subject("U", employee.pk)]
    update_role(role.pk, Draft("Роль", True, members, permissions), actor=admin)
    delete_role(role.pk, actor=admin)
    entries = list(AuditEntry.objects.filter(event__startswith="crm.role").order_by("pk"))
    assert [entry.event[9:] for entry in entries] == ["created", "changed", "deleted"]
    assert entries[0].about == {"permissions": {"Лиды": ["view own"]}}
    assert entries[1].about == {"crm_settings": True, "members": {f"U{employee.pk}": "added"}}
    told = [text for entry in entries for _n, text in details(entry, subject_names(entries))]
    assert "Лиды: Просмотр: Свои" in told
    assert f"{employee}: добавлен" in told


def test_the_ready_roles_give_nobody_anything(admin: Employee, lists: Lists) -> None:
    made = create_ready_roles(actor=admin)
    assert len(made) == 4
    assert [role.manages for role in made] == [True, False, False, False]
    assert RolePermission.objects.count() == 16
    assert not RoleMember.objects.exists()
    assert create_ready_roles(actor=admin) == []


def test_what_may_this_person_do(admin: Employee, employee: Employee, lists: Lists) -> None:
    deal = lists["deal"]
    pipeline = Section.objects.get(list=deal)
    member = [Subject("U", employee.pk)]
    create_role(
        Draft(
            "Первая", members=member,
            permissions={
                (deal.pk, None): {Right.VIEW: Scope.OWN, Right.CHANGE: Scope.DEPARTMENT},
                (deal.pk, pipeline.pk): {Right.VIEW: Scope.OWN},
            },
        ),
        actor=admin,
    )  # fmt: skip
    create_role(
        Draft("Вторая", members=member, permissions={(deal.pk, None): {Right.ADD: Scope.ALL}}),
        actor=admin,
    )
    view = {Subject("U", employee.pk): frozenset({Right.VIEW})}
    set_list_rights(lists["lead"].pk, view, actor=admin)
    roles, held = what_may(employee, actor=admin)
    assert [role.name for role in roles] == ["Первая", "Вторая"]
    found = {one.name: one for one in held}
    assert found[deal.name].scopes[Right.VIEW] == Scope.DEPARTMENT
    assert found[deal.name].scopes[Right.ADD] == Scope.ALL
    assert found[pipeline.name].scopes[Right.VIEW] == Scope.OWN
    assert found[pipeline.name].scopes[Right.CHANGE] == Scope.NONE
    assert found[lists["lead"].name].granted == {Right.VIEW}
    Employee.objects.filter(pk=employee.pk).update(is_active=False)
    roles, held = what_may(Employee.objects.get(pk=employee.pk), actor=admin)
    assert roles == []
    assert {scope for one in held for scope in one.scopes.values()} == {Scope.NONE}


def test_the_page_shows_it(admin: Employee, employee: Employee, admin_client: Client, lists: Lists):
    create_ready_roles(actor=admin)
    page = admin_client.get(reverse("crm_roles"), {"person": employee.pk}).content.decode()
    assert str(employee) in page
    assert "Нет ролей" in page
    assert (
        "Такого сотрудника нет"
        in admin_client.get(reverse("crm_roles"), {"person": "999999"}).content.decode()
    )


def test_as_many_queries_for_many_roles(
    admin: Employee, admin_client: Client, lists: Lists
) -> None:
    def asked() -> int:
        admin_client.get(reverse("crm_roles"))
        with CaptureQueriesContext(connection) as found:
            admin_client.get(reverse("crm_roles"))
        return len(found)

    create_ready_roles(actor=admin)
    few = asked()
    people = [Employee.objects.create_user(f"p{n}", f"p{n}@x.example", "x") for n in range(6)]
    for number, person in enumerate(people):
        members = [Subject("U", person.pk)]
        create_role(Draft(f"Роль {number}", members=members), actor=admin)
    assert asked() <= few + 3  # the people, once for all


def test_a_deleted_group_leaves_its_roles(admin: Employee, lists: Lists) -> None:
    group = create_group(actor=admin, name="Отдел продаж")
    create_role(Draft("Роль", members=[Subject("G", group.pk)]), actor=admin)
    delete_group(group, actor=admin)
    assert not RoleMember.objects.exists()
