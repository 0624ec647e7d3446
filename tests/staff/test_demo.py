"""The demo company."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from staff.demo import load_people
from staff.models import Department, Employee
from staff.selectors import head_of

pytestmark = pytest.mark.django_db


def test_the_company_is_whole_and_loads_once(settings):
    people = load_people()
    before = [model.objects.count() for model in (Employee, Department, Group)]
    assert {login: person.pk for login, person in load_people().items()} == {
        login: person.pk for login, person in people.items()
    }
    assert [model.objects.count() for model in (Employee, Department, Group)] == before
    assert people["admin"].email == settings.DEMO_LOGIN
    assert people["admin"].is_superuser
    assert Employee.objects.get(email="anna.smirnova@svod.example").check_password(
        settings.DEMO_PASSWORD
    )


def test_everybody_is_headed_up_to_the_director():
    people = load_people()
    for login, person in people.items():
        assert head_of(person) is not None or login == "igor.vorontsov"


def test_what_people_changed_stays():
    people = load_people()
    Employee.objects.filter(pk=people["anna.smirnova"].pk).update(position="Директор")
    assert load_people()["anna.smirnova"].position == "Директор"


def test_production_refuses(settings):
    settings.ENVIRONMENT = "production"
    with pytest.raises(RuntimeError):
        load_people()
    assert not Employee.objects.exists()
