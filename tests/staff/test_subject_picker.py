"""The picker of people, departments and groups: suggestions, the field, how one is drawn."""

from __future__ import annotations

from html import escape
from types import SimpleNamespace

import pytest
from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from staff.models import Department, Employee
from staff.selectors_subjects import DEPARTMENTS, GROUPS, PEOPLE, subject_views, suggest
from staff.services.departments import create_department
from staff.services.employee_groups import change_members, create_group, update_group
from staff.subject_picker import MOST, SubjectsField
from staff.subjects import AUTHOR, EVERYONE, Subject
from tests.contract.xss import CORPUS


@pytest.fixture
def company(world: SimpleNamespace) -> SimpleNamespace:
    """The world with a group of anna and gone; the texts are Russian."""
    world.friends = create_group(actor=None, name="Клуб юристов")
    change_members(world.friends, actor=None, add=[world.anna, world.gone])
    translation.activate("ru")
    return world


def codes(company, text, **more):
    return [view.code for view in suggest(company.anna, text, **more)]


def everything(company):
    people = [Subject("U", person.pk) for person in (company.anna, company.gone)]
    places = [Subject(kind, company.law.pk) for kind in ("D", "DR")]
    return [*people, *places, Subject("G", company.friends.pk), EVERYONE, AUTHOR]


# --- suggestions ------------------------------------------------------------------------


def test_nothing_typed_offers_some_of_everything(company):
    kinds = [view.kind for view in suggest(company.anna, "")]
    assert kinds == ["AU", "U", "U", "U", *["D", "DR"] * 4, "G"]


def test_one_word_finds_every_kind(company):
    law, friends = company.law.pk, company.friends.pk
    expected = [f"U{company.boris.pk}", f"D{law}", f"DR{law}", f"G{friends}"]
    assert codes(company, "юрист") == expected


@pytest.mark.parametrize("text", ["boris тестов", "ТЕСТОВ BORIS", "  тестов\tboris ", "boris юр"])
def test_words_come_in_any_order_and_case(company, text):
    assert codes(company, text) == [f"U{company.boris.pk}"]


def test_io_is_found_by_ie_and_back(company):
    update_group(company.friends, actor=None, name="Ёлка", description="")
    Department.objects.filter(pk=company.law.pk).update(name="Елка")
    expected = [
        f"U{company.boris.pk}",
        f"D{company.law.pk}",
        f"DR{company.law.pk}",
        f"G{company.friends.pk}",
    ]
    assert codes(company, "елка") == codes(company, "ёЛКА") == expected


def test_all_employees_and_the_author_are_found_by_name(company):
    assert codes(company, "сотрудники все") == ["AU"]
    assert codes(company, "автор") == []
    assert codes(company, "автор", author=True) == ["CR"]


def test_deactivated_people_are_not_offered_and_not_answered(company):
    assert codes(company, "gone") == []
    assert suggest(company.gone, "") == []


def test_signs_with_a_meaning_to_a_database_mean_themselves(company):
    for text in ("%", "_", "\\", "юр%ст"):
        assert codes(company, text) == []


def test_hints_tell_namesakes_apart(company):
    hints = {view.code: view.hint for view in suggest(company.anna, "")}
    assert hints[f"U{company.anna.pk}"] == "Продавец"
    assert hints[f"D{company.retail.pk}"] == "Продажи"
    assert hints[f"G{company.friends.pk}"] == "1 человек"


def test_suggestions_are_few_and_take_three_queries(company, django_assert_num_queries):
    for number in range(20):
        create_group(actor=None, name=f"Много {number:02}")
        create_department(actor=None, name=f"Много {number:02}", parent=company.law)
        Employee.objects.create(username=f"m{number}", last_name="Много", position="П")
    with django_assert_num_queries(3):
        kinds = [view.kind for view in suggest(company.anna, "много")]
    found = {kind: kinds.count(kind) for kind in kinds}
    assert found == {"U": PEOPLE, "D": DEPARTMENTS, "DR": DEPARTMENTS, "G": GROUPS}


def test_the_address_answers_any_employee(client, company):
    client.force_login(company.boris)
    answer = client.get(reverse("subjects_suggest"), {"q": "анонимов"}).json()
    assert answer["results"] == []
    assert [group["value"] for group in answer["groups"]] == [
        "general", "people", "departments", "groups",
    ]  # fmt: skip
    (found,) = client.get(reverse("subjects_suggest"), {"q": "продавец"}).json()["results"]
    tone = found.pop("tone")
    assert tone
    assert found == {
        "value": f"U{company.anna.pk}", "text": "Тестов Anna", "note": "Продавец",
        "initials": "ТA", "group": "people",
    }  # fmt: skip


def test_the_address_offers_the_author_when_asked(client, company):
    client.force_login(company.boris)
    url = reverse("subjects_suggest")
    for more, expected in [({}, []), ({"author": "1"}, ["CR"]), ({"author": "x"}, [])]:
        answer = client.get(url, {"q": "автор", **more}).json()["results"]
        assert [row["value"] for row in answer] == expected


@pytest.mark.parametrize("text", ["\0", "a\0b", "я" * 3000, "\ud800", *CORPUS[:3]])
def test_odd_questions_are_answered(client, company, text):
    client.force_login(company.boris)
    query = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert client.get(reverse("subjects_suggest"), {"q": query}).status_code == 200


def test_the_address_is_closed_to_deactivated_people_and_to_post(client, company):
    client.force_login(company.boris)
    assert client.post(reverse("subjects_suggest")).status_code == 405
    Employee.objects.filter(pk=company.boris.pk).update(is_active=False)
    assert client.get(reverse("subjects_suggest")).status_code == 302


# --- the field --------------------------------------------------------------------------


class Question(forms.Form):
    who = SubjectsField(label="Who")
    more = SubjectsField(label="More", required=False, author=True)


def ask(*who, more=()):
    return Question({"who": list(who), "more": list(more)})


def test_codes_become_subjects_in_their_order(company):
    chosen = [subject for subject in everything(company) if subject != AUTHOR]
    form = ask(*(subject.code for subject in chosen), chosen[0].code, more=["CR"])
    assert form.is_valid()
    assert form.cleaned_data == {"who": chosen, "more": [AUTHOR]}


@pytest.mark.parametrize("code", ["U999999999", "DR999999999", "G999999999", "X1", "<b>", "CR"])
def test_unknown_ones_are_named_and_everything_stays(company, code):
    anna = f"U{company.anna.pk}"
    form = ask(anna, code)
    assert not form.is_valid()
    assert form.errors["who"] == [f"Такого сотрудника, подразделения или группы нет: {code}."]
    drawn = str(form["who"])
    assert f'value="{escape(code)}" selected' in drawn
    assert f'value="{anna}" selected' in drawn
    assert "Тестов Anna" in drawn


@pytest.mark.parametrize("which", ["group_id", "subtree_group_id"])
def test_a_departments_own_group_is_no_group(company, which):
    company.law.refresh_from_db()
    assert not ask(f"G{getattr(company.law, which)}").is_valid()


def test_nothing_chosen(company):
    form = ask()
    assert list(form.errors) == ["who"]
    assert form.cleaned_data == {"more": []}


def test_too_many_are_refused(company):
    assert not ask(*(f"U{number}" for number in range(1, MOST + 2))).is_valid()


def test_the_field_takes_few_queries(company, django_assert_num_queries):
    form = ask(*(subject.code for subject in everything(company)[:-1]))
    with django_assert_num_queries(3):
        assert form.is_valid()
    with django_assert_num_queries(3):
        str(form["who"])


def test_initial_subjects_are_drawn_and_compared(company):
    form = Question({"who": ["AU"]}, initial={"who": [EVERYONE]})
    assert not form.has_changed()
    assert Question({"who": []}, initial={"who": [EVERYONE]}).has_changed()
    drawn = str(Question(initial={"who": everything(company)})["who"])
    assert 'data-icon="users-group"' in drawn
    assert 'data-note="Вход закрыт"' in drawn


def test_the_widget_asks_for_the_author_only_when_it_may_be_chosen(company):
    assert "author=1" not in str(ask()["who"])
    assert "author=1" in str(ask()["more"])


# --- how one looks ----------------------------------------------------------------------


def test_views_take_three_queries(company, django_assert_num_queries):
    with django_assert_num_queries(3):
        views = subject_views([*everything(company), Subject("U", 999_999_999)])
    names = [views[subject].name for subject in everything(company)]
    assert names == [
        "Тестов Anna", "Тестов Gone", "Юристы", "Юристы с подчинёнными",
        "Клуб юристов", "Все сотрудники", "Автор",
    ]  # fmt: skip
    assert len(views) == len(names)


def test_no_subjects_take_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert subject_views([]) == {}


def test_people_have_a_picture_or_initials(company):
    Employee.objects.filter(pk=company.anna.pk).update(thumbnail="photos/x.jpg")
    company.anna.refresh_from_db()
    views = subject_views(everything(company))
    first, second = (drawn(views[subject]) for subject in everything(company)[:2])
    assert f'src="{company.anna.thumbnail_url}"' in first
    assert "ТG" in second
    assert "sv-subject-off" in second


@pytest.mark.parametrize("text", [text.replace("\0", "") for text in CORPUS])
def test_names_stay_text(client, company, text):
    Employee.objects.filter(pk=company.anna.pk).update(last_name=text[:150], position=text)
    Department.objects.filter(pk=company.law.pk).update(name=text)
    update_group(company.friends, actor=None, name=text, description=text)
    pages = [drawn(view) for view in subject_views(everything(company)).values()]
    pages.append(str(Question(initial={"who": everything(company)})["who"]))
    client.force_login(company.admin)
    url = reverse("group", args=[company.friends.pk])
    pages += [client.get(address).content.decode() for address in (reverse("groups"), url)]
    for page in pages:
        assert text not in page or text == escape(text)
    answer = client.get(reverse("subjects_suggest"), {"q": ""})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def drawn(view):
    return render_to_string("staff/partials/subject.html", {"view": view})
