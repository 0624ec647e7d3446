"""Subjects of rights: codes, what they are stored as, names, and who counts as whom."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group

from staff import subjects
from staff.models import Department, Employee
from staff.services import departments, employees
from staff.services.employee_groups import change_members, create_group
from staff.services.groups import sync_groups
from staff.subjects import AUTHOR, EVERYONE, Subject
from svod.base.errors import Invalid


@pytest.fixture
def company(world: SimpleNamespace) -> SimpleNamespace:
    """The world, its groups in step, and a group of anna and gone."""
    sync_groups()
    subjects.special_groups()
    world.friends = create_group(actor=None, name="Свои")
    change_members(world.friends, actor=None, add=[world.anna, world.gone])
    for row in (world.office, world.sales, world.retail, world.law):
        row.refresh_from_db()
    return world


def every_subject(company):
    people = [Subject("U", person.pk) for person in (company.anna, company.gone)]
    places = [Subject(kind, company.office.pk) for kind in ("D", "DR")]
    return [*people, *places, Subject("G", company.friends.pk), EVERYONE, AUTHOR]


@pytest.mark.parametrize("code", ["U5", "D7", "DR7", "G3", "AU", "CR"])
def test_codes_go_there_and_back(code):
    assert Subject.parse(code).code == code


@pytest.mark.parametrize(
    "code",
    ["", "U", "U0", "U01", "u5", "X1", "AU1", "U-1", "U5 ", "U5\n", "U٣", "U1234567890", "CR0"],
)
def test_what_is_no_code_is_refused(code):
    with pytest.raises(Invalid):
        Subject.parse(code)


def test_what_rights_are_stored_for(company):
    office, friends = company.office, company.friends.pk
    assert subjects.holders(every_subject(company)) == {
        Subject("U", company.anna.pk): (company.anna.pk, None),
        Subject("U", company.gone.pk): (company.gone.pk, None),
        Subject("D", office.pk): (None, office.group_id),
        Subject("DR", office.pk): (None, office.subtree_group_id),
        Subject("G", friends): (None, friends),
        EVERYONE: (None, subjects.everyone_group()),
        AUTHOR: (None, subjects.author_group()),
    }


def test_groups_lead_back_to_their_subjects(company):
    asked = [subject for subject in every_subject(company) if subject.kind != "U"]
    groups = {group: subject for subject, (_, group) in subjects.holders(asked).items()}
    assert subjects.subjects_of_groups(groups) == groups


@pytest.mark.parametrize("kind", ["U", "D", "DR", "G"])
def test_what_does_not_exist_holds_nothing(company, kind):
    with pytest.raises(Invalid):
        subjects.holders([EVERYONE, Subject(kind, 999_999_999)])


@pytest.mark.parametrize("which", ["group_id", "subtree_group_id"])
def test_only_groups_that_people_made_are_groups(company, which):
    carriers = {getattr(company.law, which), *subjects.special_groups()}
    assert not subjects.employee_groups().filter(pk__in=carriers).exists()
    assert set(subjects.employee_groups()) == {company.friends}
    for carrier in carriers:
        with pytest.raises(Invalid):
            subjects.holders([Subject("G", carrier)])


def test_names(company):
    names = subjects.names_of([*every_subject(company), Subject("G", 999_999_999)])
    assert list(map(names.get, every_subject(company))) == [
        "Тестов Anna", "Тестов Gone", "Офис", "Офис с подчинёнными", "Свои",
        "Все сотрудники", "Автор",
    ]  # fmt: skip
    assert len(names) == 7


# --- who counts as whom -----------------------------------------------------------------


def expected(person, *groups):
    return frozenset({person.pk, *(-group for group in groups)})


def test_principals(company):
    anna, everyone = company.anna, subjects.everyone_group()
    above = [row.subtree_group_id for row in (company.office, company.sales, company.retail)]
    groups = [everyone, company.retail.group_id, *above, company.friends.pk]
    assert subjects.principals(anna) == expected(anna, *groups)
    assert subjects.principals(company.admin) == expected(company.admin, everyone)
    assert subjects.principals(company.gone) == frozenset()


def test_principals_take_one_query(company, django_assert_num_queries):
    with django_assert_num_queries(1):
        subjects.principals(company.anna)
    with django_assert_num_queries(0):
        subjects.principals(company.gone)


def test_principals_bring_back_a_lost_group_of_all(company):
    Group.objects.filter(name=subjects.EVERYONE_GROUP).delete()
    assert -subjects.everyone_group() in subjects.principals(company.anna)


def test_nobody_is_the_author_of_everything(company):
    company.anna.groups.add(subjects.author_group())
    pk, mark = company.anna.pk, -subjects.author_group()
    assert mark not in subjects.principals(company.anna)
    assert mark not in subjects.principals_of([pk])[pk]


def test_principals_of_many_are_those_of_each(company, django_assert_num_queries):
    people = list(Employee.objects.all())
    with django_assert_num_queries(2):
        found = subjects.principals_of([person.pk for person in people] + [999_999_999])
    assert found.pop(999_999_999) == frozenset()
    assert found == {person.pk: subjects.principals(person) for person in people}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (lambda c: [Subject("U", c.boris.pk), Subject("U", c.gone.pk)], {"Boris"}),
        (lambda c: [Subject("D", c.retail.pk)], {"Anna"}),
        (lambda c: [Subject("D", c.office.pk)], set()),
        (lambda c: [Subject("DR", c.office.pk)], {"Anna", "Boris"}),
        (lambda c: [Subject("G", c.friends.pk)], {"Anna"}),
        (lambda c: [Subject("G", c.friends.pk), Subject("D", c.law.pk)], {"Anna", "Boris"}),
        (lambda c: [EVERYONE], {"Admin", "Anna", "Boris"}),
        (lambda c: [AUTHOR], set()),
        (lambda c: [], set()),
        (lambda c: [Subject("G", c.law.group_id)], set()),
    ],
)
def test_people_of(company, asked, names, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        found = subjects.people_of(asked(company))
        assert sorted(person.first_name for person in found) == sorted(names)


def test_people_of_a_subject_are_those_who_count_as_it(company):
    for subject in every_subject(company):
        person, group = subjects.holders([subject])[subject]
        mark = person or -group
        counted = {who for who in Employee.objects.all() if mark in subjects.principals(who)}
        assert set(subjects.people_of([subject])) == counted


# --- membership follows the departments -------------------------------------------------


def test_a_new_employee_counts_at_once(company):
    values = {"last_name": "Новая", "email": "new@svod.example", "department": company.sales}
    created = employees.create_employee(values, actor=company.admin)
    assert created in subjects.people_of([Subject("DR", company.office.pk)])
    assert created in subjects.people_of([Subject("D", company.sales.pk)])


def test_a_change_of_department_counts_at_once(company):
    employees.update_employee(company.anna, {"department": company.law}, actor=company.admin)
    assert company.anna not in subjects.people_of([Subject("DR", company.sales.pk)])
    assert company.anna in subjects.people_of([Subject("D", company.law.pk)])
    assert company.anna in subjects.people_of([Subject("G", company.friends.pk)])


def test_a_moved_department_counts_at_once(company):
    departments.move_department(company.retail, actor=company.admin, parent=company.law)
    assert company.anna in subjects.people_of([Subject("DR", company.law.pk)])
    assert company.anna not in subjects.people_of([Subject("DR", company.sales.pk)])


def test_a_refused_loop_changes_nobodys_groups(company):
    before = subjects.principals(company.anna)
    with pytest.raises(Invalid):
        departments.move_department(company.office, actor=company.admin, parent=company.retail)
    assert subjects.principals(company.anna) == before


def test_a_deleted_head_leaves_the_department_and_its_people(company):
    Department.objects.filter(pk=company.retail.pk).update(head=company.boris)
    company.boris.delete()
    company.retail.refresh_from_db()
    assert company.retail.head is None
    assert company.anna in subjects.people_of([Subject("D", company.retail.pk)])


def test_nobody_counts_as_a_deleted_department(company):
    employees.update_employee(company.anna, {"department": None}, actor=company.admin)
    departments.delete_department(company.retail, actor=company.admin)
    with pytest.raises(Invalid):
        subjects.holders([Subject("D", company.retail.pk)])
    assert subjects.principals(company.anna) == expected(
        company.anna, subjects.everyone_group(), company.friends.pk
    )
