"""The directory, the cards, what administrators do with people, and the picker."""

from __future__ import annotations

import pytest
from django.urls import reverse

from staff import selectors
from staff.models import Employee
from staff.services import employees
from svod.base.errors import Forbidden, Invalid, NotFound


def found(client, **query):
    page = client.get(reverse("people"), query)
    return [person.first_name for person in page.context["page"]]


@pytest.fixture
def people(client, world):
    """Signed in as anna; besides the personas Семён of sales."""
    employees.update_employee(
        world.boris,
        {"last_name": "Семёнов", "first_name": "Борис", "email": "boris@svod.example"},
        actor=None,
    )
    client.force_login(world.anna)
    return world


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["Борис", "Admin", "Anna"]),
        ("семенов", ["Борис"]),
        ("СЕМЁНОВ юрист", ["Борис"]),
        ("продав", ["Anna"]),
        ("розница", ["Anna"]),
        ("anna@svod", ["Anna"]),
        ("%", []),
        ("_", []),
        ("gone", []),
        ("\\", []),
    ],
)
def test_search(client, people, text, names):
    assert found(client, q=text) == names


def test_a_department_is_meant_with_everything_below(client, people):
    assert found(client, department=people.sales.pk) == ["Anna"]
    assert found(client, department=people.office.pk) == ["Борис", "Anna"]


@pytest.mark.parametrize(
    "query", [{"department": "x"}, {"department": "999999"}, {"q": "a\0"}, {"q": "я" * 300}]
)
def test_a_wrong_query_is_told_not_crashed(client, people, query):
    response = client.get(reverse("people"), query)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "99999", "x", "1" * 40])
def test_any_page_number_gives_a_page(client, people, number):
    assert client.get(reverse("people"), {"page": number}).status_code == 200


def test_only_administrators_see_the_deactivated(client, people):
    assert found(client, inactive="on") == []
    assert client.get(people.gone.get_absolute_url()).status_code == 404
    client.force_login(people.admin)
    assert found(client, inactive="on") == ["Gone"]
    assert client.get(people.gone.get_absolute_url()).status_code == 200


def test_htmx_gets_the_list_alone(client, people):
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    text = client.get(reverse("people"), headers=headers).content.decode()
    assert "Anna" in text
    assert "<html" not in text


def test_the_card_names_manager_head_and_reports(client, people):
    people.sales.head = people.boris
    people.sales.save()
    Employee.objects.filter(pk=people.boris.pk).update(manager=people.anna)
    response = client.get(people.anna.get_absolute_url())
    assert response.context["head"] == people.boris
    assert list(response.context["reports"]) == [people.boris]


def test_names_are_escaped(client, people):
    Employee.objects.filter(pk=people.anna.pk).update(last_name="<script>alert(1)</script>")
    for url in (reverse("people"), people.anna.get_absolute_url(), reverse("profile")):
        assert "<script>alert" not in client.get(url).content.decode()


PAGES = ["people", "departments", "people_suggest", "profile"]


@pytest.mark.parametrize("name", PAGES)
def test_queries_do_not_grow_with_people(
    client, people, make_employee, name, django_assert_max_num_queries, django_assert_num_queries
):
    client.force_login(people.admin)
    client.get(reverse(name))
    with django_assert_max_num_queries(12) as before:
        client.get(reverse(name))
    for number in range(15):
        make_employee(f"more{number}", department=people.retail, manager=people.boris)
    with django_assert_num_queries(len(before)):
        client.get(reverse(name))


def test_suggest_finds_active_people(client, people):
    rows = client.get(reverse("people_suggest"), {"q": "тест"}).json()["results"]
    assert [row["text"] for row in rows] == ["Тестов Admin", "Тестов Anna"]
    assert {"id", "text", "position", "photo", "value", "note"} == set(rows[0])


def test_suggest_stops_at_twenty(client, people, make_employee):
    for number in range(25):
        make_employee(f"many{number}")
    assert len(client.get(reverse("people_suggest")).json()["results"]) == 20
    assert client.get(reverse("people_suggest"), {"q": "a\0" * 500}).status_code == 200


def test_employees_by_ids_takes_one_query(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = selectors.employees_by_ids([people.anna.pk, people.gone.pk, 999_999])
        assert [str(found[pk].department) for pk in found] == ["Розница", "Юристы"]
    with django_assert_num_queries(0):
        assert selectors.employees_by_ids([]) == {}


# --- administrators ---------------------------------------------------------------------


def values(person, **changes):
    return {
        "last_name": person.last_name, "first_name": person.first_name, "email": person.email,
        "time_zone": "Europe/Moscow", "language": "ru", "department": person.department_id or "",
    } | changes  # fmt: skip


def edit(client, people, **changes):
    client.force_login(people.admin)
    url = reverse("employee_edit", args=[people.boris.pk])
    return client.post(url, values(people.boris, **changes))


def test_an_administrator_edits_an_employee(client, people):
    response = edit(client, people, email="New@svod.example", department=people.retail.pk)
    assert response.url == people.boris.get_absolute_url()
    boris = Employee.objects.get(pk=people.boris.pk)
    assert (boris.email, boris.username) == ("new@svod.example", "new@svod.example")
    assert boris.department == people.retail


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("email", "ANNA@svod.example"),
        ("email", "nonsense"),
        ("email", ""),
        ("username", "Anna@svod.example"),
        ("username", "a b"),
        ("department", "0"),
        ("manager", "x"),
        ("manager", "9" * 30),
        ("phone", "x"),
    ],
)
def test_bad_values_of_an_employee_come_back(client, people, field, bad):
    response = edit(client, people, position="Набрано", **{field: bad})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert 'value="Набрано"' in response.content.decode()


@pytest.mark.parametrize(("given", "kept"), [
    ({"is_staff": "on"}, (True, False)),
    ({"is_superuser": "on"}, (True, True)),
    ({}, (False, False)),
])  # fmt: skip
def test_an_administrator_says_who_makes_lists(client, people, given, kept):
    assert edit(client, people, **given).status_code == 302
    boris = Employee.objects.get(pk=people.boris.pk)
    assert (boris.is_staff, boris.is_superuser) == kept


def test_managers_make_no_circle(client, people):
    Employee.objects.filter(pk=people.anna.pk).update(manager=people.boris)
    response = edit(client, people, manager=people.anna.pk)
    assert response.status_code == 422
    assert "manager" in response.context["form"].errors


def test_an_administrator_cannot_drop_the_own_right_or_leave(people):
    with pytest.raises(Invalid):
        employees.update_employee(people.admin, {"is_superuser": False}, actor=people.admin)
    with pytest.raises(Forbidden):
        employees.deactivate_employee(people.admin, actor=people.admin)


@pytest.mark.parametrize("write", [
    lambda world: employees.create_employee({"email": "x@svod.example"}, actor=world.anna),
    lambda world: employees.update_employee(world.anna, {"is_superuser": True}, actor=world.anna),
    lambda world: employees.deactivate_employee(world.boris, actor=world.anna),
    lambda world: employees.activate_employee(world.gone, actor=world.anna),
])  # fmt: skip
def test_employees_do_not_manage_employees(people, write):
    with pytest.raises(Forbidden):
        write(people)
    assert not Employee.objects.get(pk=people.anna.pk).is_superuser


def test_a_race_for_one_email_is_told(people):
    with pytest.raises(Invalid) as refusal:
        employees.create_employee({"email": "ANNA@svod.example"}, actor=people.admin)
    assert list(refusal.value.errors) == ["email"]


def test_deactivation_ends_the_session_and_it_stays_ended(client, people):
    employees.deactivate_employee(people.anna, actor=people.admin)
    assert client.get(reverse("people")).status_code == 302
    employees.activate_employee(people.anna, actor=people.admin)
    assert client.get(reverse("people")).status_code == 302


def test_activity_page(client, people):
    client.force_login(people.admin)
    url = reverse("employee_activity", args=[people.boris.pk])
    for active in (False, True):
        client.post(url, {"active": "1" if active else "0"})
        assert Employee.objects.get(pk=people.boris.pk).is_active is active


def test_hidden_people_are_not_found(people):
    with pytest.raises(NotFound):
        selectors.access_employee(people.anna, people.gone.pk)
