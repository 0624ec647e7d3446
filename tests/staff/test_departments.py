"""The tree of departments, who heads whom, and the groups that carry rights."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from staff import selectors
from staff.models import Department, Employee
from staff.services import departments, employees
from svod.base.errors import Conflict, Forbidden, Invalid


def test_the_tree_counts_people_below(world):
    counts = {row.name: (row.tree_depth, row.people_below) for row in selectors.department_tree()}
    assert counts == {"Офис": (0, 2), "Продажи": (1, 1), "Розница": (2, 1), "Юристы": (1, 1)}


def test_the_tree_takes_two_queries(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(selectors.department_tree()) == 4


def test_subtree_and_ancestors(world):
    assert set(selectors.subtree_ids(world.sales.pk)) == {world.sales.pk, world.retail.pk}
    assert selectors.ancestor_ids(world.retail.pk) == [
        world.office.pk, world.sales.pk, world.retail.pk,
    ]  # fmt: skip


@pytest.mark.parametrize("target", ["sales", "retail"])
def test_a_department_does_not_go_into_itself(world, target):
    with pytest.raises(Invalid) as refusal:
        departments.move_department(world.sales, actor=world.admin, parent=getattr(world, target))
    assert list(refusal.value.errors) == ["parent"]
    assert Department.objects.get(pk=world.sales.pk).parent == world.office


@pytest.mark.parametrize(
    ("place", "order"),
    [
        (0, ["Розница", "Продажи", "Юристы"]),
        (1, ["Продажи", "Розница", "Юристы"]),
        (-1, ["Продажи", "Юристы", "Розница"]),
        (99, ["Продажи", "Юристы", "Розница"]),
    ],
)
def test_a_department_moves_to_a_place(world, child_of, place, order):
    departments.move_department(world.retail, actor=world.admin, parent=world.office, place=place)
    assert child_of(world.office) == order


def test_moving_to_the_top(world, child_of):
    departments.move_department(world.sales, actor=world.admin, parent=None, place=0)
    assert child_of(None) == ["Продажи", "Офис"]
    assert world.sales.parent is None


@pytest.mark.parametrize("write", [
    lambda w, who: departments.create_department(actor=who, name="X", parent=None),
    lambda w, who: departments.update_department(
        w.law, actor=who, name="X", parent=None, head=None),
    lambda w, who: departments.move_department(w.law, actor=who, parent=None),
    lambda w, who: departments.delete_department(w.law, actor=who),
])  # fmt: skip
def test_only_administrators_change_the_tree(world, write):
    with pytest.raises(Forbidden):
        write(world, world.anna)


def test_only_an_empty_department_is_deleted(world):
    for full in (world.law, world.sales):
        with pytest.raises(Conflict):
            departments.delete_department(full, actor=world.admin)
    employees.update_employee(world.anna, {"department": None}, actor=world.admin)
    groups = Group.objects.count()
    departments.delete_department(world.retail, actor=world.admin)
    assert Group.objects.count() == groups - 2


def test_the_head_of_a_person_is_the_nearest_other(world):
    for department, head in [(world.office, world.admin), (world.retail, world.anna)]:
        Department.objects.filter(pk=department.pk).update(head=head)
    assert selectors.head_of(world.anna) == world.admin
    assert selectors.head_of(world.admin) is None
    Department.objects.filter(pk=world.sales.pk).update(head=world.gone)
    assert selectors.head_of(world.anna) == world.admin
    Department.objects.filter(pk=world.sales.pk).update(head=world.boris)
    assert selectors.head_of(world.anna) == world.boris


def group_ids(employee):
    return set(employee.groups.values_list("pk", flat=True))


def expected(department):
    department.refresh_from_db()
    above = Department.objects.in_bulk(selectors.ancestor_ids(department.pk)).values()
    return {department.group_id, *(row.subtree_group_id for row in above)}


def test_groups_follow_people(world):
    employees.update_employee(world.anna, {"department": world.law}, actor=world.admin)
    assert group_ids(world.anna) == expected(world.law)
    employees.update_employee(world.anna, {"department": None}, actor=world.admin)
    assert group_ids(world.anna) == set()


def test_groups_follow_departments_and_spare_the_rest(world):
    employees.update_employee(world.anna, {}, actor=world.admin)
    own = Group.objects.create(name="Свои")
    world.anna.groups.add(own)
    departments.move_department(world.sales, actor=world.admin, parent=world.law)
    assert group_ids(world.anna) == expected(world.retail) | {own.pk}
    assert len(expected(world.retail)) == 5


# --- pages ------------------------------------------------------------------------------


def test_the_page_offers_changes_to_administrators_only(client, world):
    for who, offered in [(world.anna, False), (world.admin, True)]:
        client.force_login(who)
        text = client.get(reverse("departments")).content.decode()
        assert "Розница" in text
        assert (reverse("department_move") in text) is offered


def test_adding_and_editing(client, world, child_of):
    client.force_login(world.admin)
    client.post(reverse("department_add"), {"name": "Архив", "parent": world.law.pk})
    assert child_of(world.law) == ["Архив"]
    archive = Department.objects.get(name="Архив")
    data = {"name": "Архивы", "parent": world.office.pk, "head": world.boris.pk}
    client.post(reverse("department_edit", args=[archive.pk]), data)
    archive.refresh_from_db()
    assert (archive.name, archive.parent, archive.head) == ("Архивы", world.office, world.boris)
    assert archive.group_id


@pytest.mark.parametrize("data", [{"name": ""}, {"name": "X", "parent": "0"}, {"name": "я" * 201}])
def test_bad_departments_come_back(client, world, data):
    client.force_login(world.admin)
    assert client.post(reverse("department_add"), data).status_code == 422


def test_a_drag_on_the_page(client, world, child_of):
    client.force_login(world.admin)
    url = reverse("department_move")
    ids = [world.law.pk, world.sales.pk]
    moved = {"id": world.law.pk, "parent": world.office.pk, "ids": ids}
    assert client.post(url, moved).status_code == 204
    assert child_of(world.office) == ["Юристы", "Продажи"]
    answer = client.post(url, {"id": world.sales.pk, "parent": world.retail.pk})
    assert (answer.status_code, "нельзя" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "bad", [{}, {"id": "x"}, {"parent": "0"}, {"ids": ["x"]}, {"ids": "9" * 30}, {"id": "a\0"}]
)
def test_an_odd_drag_is_refused(client, world, bad):
    client.force_login(world.admin)
    data = {"id": world.law.pk} | bad if bad else {}
    assert client.post(reverse("department_move"), data).status_code == 422


def test_shifting_by_buttons(client, world, child_of):
    client.force_login(world.admin)
    url = reverse("department_shift", args=[world.law.pk])
    for way, order in [
        ("up", ["Юристы", "Продажи"]),
        ("up", ["Юристы", "Продажи"]),
        ("down", ["Продажи", "Юристы"]),
        ("down", ["Продажи", "Юристы"]),
    ]:
        client.post(url, {"way": way})
        assert child_of(world.office) == order


def test_deleting_on_the_page(client, world):
    client.force_login(world.admin)
    client.post(reverse("department_delete", args=[world.law.pk]))
    assert Department.objects.filter(pk=world.law.pk).exists()
    Employee.objects.update(department=None)
    client.post(reverse("department_delete", args=[world.law.pk]))
    assert not Department.objects.filter(pk=world.law.pk).exists()
