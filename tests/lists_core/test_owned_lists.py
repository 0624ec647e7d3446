"""The lists that a person has in full: few queries, however many lists there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lists_core.access import ROLES, remembering
from lists_core.models import List
from lists_core.selectors.lists import owned_lists
from lists_core.services.stored_rights import insert_rights
from staff.models import Employee
from staff.subjects import EVERYONE, Subject

pytestmark = pytest.mark.django_db


def make(number: int, person: Employee) -> set[int]:
    """So many lists that everybody sees, every other of them the person's in full."""
    made = List.objects.bulk_create(List(name=f"Список {n}") for n in range(number))
    ids = [one.pk for one in made]
    insert_rights(List, ids, {EVERYONE: ROLES["view"][1]})
    insert_rights(List, ids[::2], {Subject("U", person.pk): ROLES["full"][1]})
    return set(ids[::2])


def asked(person: Employee) -> tuple[set[int], int]:
    with remembering(), CaptureQueriesContext(connection) as caught:
        return {one.pk for one in owned_lists(person)}, len(caught)


def test_those_in_full_in_a_fixed_number_of_queries() -> None:
    person = Employee.objects.create_user("anna", "anna@svod.example", "x")
    own = make(2, person)
    asked(person)
    few, queries = asked(person)
    assert few == own
    own |= make(40, person)
    asked(person)  # a process learns once which part of the program keeps a list
    assert asked(person) == (own, queries)
