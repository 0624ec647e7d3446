"""The picker of subjects: what it offers, what it takes, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from staff.models import Employee
from staff.selectors_subjects import subject_views, suggest
from staff.services.departments import create_department
from staff.subject_picker import SubjectsField
from staff.subjects import AUTHOR, EVERYONE, Subject

pytestmark = pytest.mark.django_db


class Readers(forms.Form):
    readers = SubjectsField(required=False)


@pytest.fixture
def anna() -> Employee:
    return Employee.objects.create_user("anna", "a@svod.example", "x", last_name="Иванова")


def test_everything_that_has_the_words_is_offered(anna: Employee) -> None:
    sales = create_department(actor=None, name="Продажи", parent=None)
    group = Group.objects.create(name="Кто продаёт")
    anna.groups.add(group)
    codes = [view.code for view in suggest("прода")]
    assert codes == [f"D{sales.pk}", f"DR{sales.pk}", f"G{group.pk}"]
    assert [view.code for view in suggest("иван")] == [f"U{anna.pk}"]
    assert "CR" in [view.code for view in suggest("", author=True)]
    assert "CR" not in [view.code for view in suggest("")]


def test_deactivated_people_are_not_offered(anna: Employee) -> None:
    Employee.objects.filter(pk=anna.pk).update(is_active=False)
    assert suggest("иван") == []


@pytest.mark.parametrize("code", ["U99999", "D1", "X1", "CR", "U0", "G'--", "AU1", "D" * 300])
def test_what_is_no_subject_is_refused_and_the_rest_kept(anna: Employee, code: str) -> None:
    form = Readers({"readers": [f"U{anna.pk}", code]})
    assert not form.is_valid()
    assert "readers" in form.errors
    assert f'value="U{anna.pk}" selected' in str(form["readers"])


def test_codes_become_subjects_once(anna: Employee) -> None:
    form = Readers({"readers": [f"U{anna.pk}", "AU", f"U{anna.pk}", ""]})
    assert form.is_valid()
    assert form.cleaned_data["readers"] == [Subject("U", anna.pk), EVERYONE]


def test_the_page_asks_for_them(client: Client, anna: Employee) -> None:
    url = reverse("subjects_suggest")
    assert client.get(url).status_code == 302
    client.force_login(anna)
    rows: Any = client.get(url, {"q": "иван", "author": "1"}).json()["results"]
    assert [row["value"] for row in rows] == [f"U{anna.pk}"]
    assert client.get(url, {"q": "\0" + "я" * 5000}).json() == {"results": []}


def test_many_subjects_are_drawn_by_three_queries(
    anna: Employee, django_assert_num_queries: Any
) -> None:
    sales = create_department(actor=None, name="Продажи", parent=None)
    group = Group.objects.create(name="Кто продаёт")
    asked = [Subject("U", anna.pk), Subject("D", sales.pk), Subject("DR", sales.pk)]
    asked += [Subject("G", group.pk), EVERYONE, AUTHOR, Subject("U", 99999)]
    with django_assert_num_queries(3):
        views = subject_views(asked)
    assert set(asked) - views.keys() == {Subject("U", 99999)}
