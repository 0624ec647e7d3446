"""Access tabs: each level shown and saved, refusals, what came meanwhile, junk."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.access import ROLES, Right
from lists_core.models import Element, Field, List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.rights import grants_on
from lists_core.services.rights import (
    set_element_rights,
    set_field_rights,
    set_list_rights,
    set_section_rights,
)
from lists_core.services.sections import create_section
from staff.models import Employee
from staff.subjects import AUTHOR, EVERYONE, Subject
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db
VIEW, EDIT, FULL, ADD = (ROLES[slug][1] for slug in ("view", "edit", "full", "add"))
MANAGE = frozenset({Right.VIEW, Right.ACCESS})


class Pages(World):
    """The world with a section, an element in it, and a way to fill the form of a tab in."""

    def __init__(self, world: World) -> None:
        super().__init__(world.anna, world.petr, world.list)
        self.section = create_section(self.list.pk, actor=self.anna, name="Секретно")
        self.element = self.add("Сейф", section_id=self.section.pk)
        self.price = Field.objects.get(list=self.list, code="PRICE")
        self.ids: dict[str, Any] = {
            "list": (List, self.list.pk),
            "section": (Section, self.section.pk),
            "element": (Element, self.element.pk),
            "field": (Field, self.price.pk),
        }

    def tab(self, kind: str) -> str:
        more = [] if kind == "list" else [self.ids[kind][1]]
        return reverse(f"{kind}_access", args=[self.list.pk, *more])

    def stored(self, kind: str) -> dict[Subject, Any]:
        model, pk = self.ids[kind]
        return grants_on(model, pk)

    def fingerprint(self, client: Client, kind: str) -> str:
        page = client.get(self.tab(kind))
        assert page.status_code == 200, page
        return str(page.context["form"].fingerprint)

    def send(self, client: Client, kind: str, roles: dict[str, str], **more: Any) -> Any:
        """Post the tab as a browser would; a role is given per subject's code."""
        data = {"fingerprint": self.fingerprint(client, kind), "subject": list(roles)}
        data |= {f"role-{code}": role for code, role in roles.items() if role}
        return client.post(self.tab(kind), data | more)


@pytest.fixture
def pages() -> Pages:
    return Pages(make_world())


@pytest.fixture
def anna(client: Client, pages: Pages) -> Client:
    client.force_login(pages.anna)
    return client


@pytest.fixture
def petr(pages: Pages) -> Client:
    client = Client()
    client.force_login(pages.petr)
    return client


def code(person: Employee) -> str:
    return f"U{person.pk}"


def user(person: Employee) -> Subject:
    return Subject("U", person.pk)


def own(pages: Pages) -> dict[str, str]:
    """Anna's own line, which keeps her in charge of the list."""
    return {code(pages.anna): "full"}


# --- shown and saved --------------------------------------------------------------------


def test_the_lists_tab_saves_roles_and_single_rights(anna: Client, pages: Pages) -> None:
    him = code(pages.petr)
    roles = {**own(pages), him: "custom", "AU": "view", "CR": "edit"}
    answer = pages.send(anna, "list", roles, **{f"right-{him}": ["view", "run"]})
    assert answer.status_code == 302
    assert pages.stored("list") == {
        user(pages.anna): FULL,
        user(pages.petr): {Right.VIEW, Right.RUN},
        EVERYONE: VIEW,
        AUTHOR: EDIT,
    }
    page = anna.get(pages.tab("list")).content.decode()
    assert "Петров" in page
    assert 'value="custom" selected' in page


@pytest.mark.parametrize("kind", ["section", "element"])
def test_a_restricted_place_keeps_its_keeper(anna: Client, pages: Pages, kind: str) -> None:
    before = anna.get(pages.tab(kind)).context["access"]
    assert {entry.view.name for entry in before.above} >= {"Все сотрудники", str(pages.anna)}
    answer = pages.send(anna, kind, {code(pages.petr): "view"}, restricted="on")
    assert answer.status_code == 302
    assert pages.stored(kind)[user(pages.petr)] == VIEW
    assert (
        Right.ACCESS in pages.stored(kind)[user(pages.anna)]
        or Right.FULL in pages.stored(kind)[user(pages.anna)]
    )
    page = anna.get(pages.tab(kind))
    assert page.context["thing"].restricted
    assert not page.context["access"].above


def test_what_comes_from_above_names_its_place(anna: Client, pages: Pages) -> None:
    set_section_rights(
        pages.list.pk, pages.section.pk, {user(pages.petr): VIEW}, restricted=False,
        actor=pages.anna,
    )  # fmt: skip
    above = anna.get(pages.tab("element")).context["access"].above
    assert (above[0].view.name, above[0].url) == (str(pages.petr), pages.tab("section"))
    assert "Секретно" in above[0].origin
    assert pages.list.name in above[1].origin


def test_a_fields_tab(anna: Client, pages: Pages) -> None:
    answer = pages.send(anna, "field", {code(pages.petr): "view"}, view_restricted="on")
    assert answer.status_code == 302
    pages.price.refresh_from_db()
    assert (pages.price.view_restricted, pages.price.change_restricted) == (True, False)
    assert pages.stored("field") == {user(pages.petr): VIEW}


def test_adding_and_removing_lines_saves_nothing(anna: Client, pages: Pages) -> None:
    before = pages.stored("list")
    answer = pages.send(anna, "list", own(pages), add="1", new=["AU", code(pages.petr)], role="add")
    assert answer.status_code == 200
    assert [row.subject.code for row in answer.context["form"].rows if row.added] == [
        code(pages.petr)
    ]
    answer = pages.send(anna, "list", own(pages) | {"AU": "view"}, remove="AU")
    assert [row.subject.code for row in answer.context["form"].rows] == [code(pages.anna)]
    assert pages.stored("list") == before


def test_saving_takes_along_who_is_still_in_the_picker(anna: Client, pages: Pages) -> None:
    answer = pages.send(anna, "element", {}, new=[code(pages.petr)], role="view")
    assert answer.status_code == 302
    assert pages.stored("element") == {user(pages.petr): VIEW}


def test_the_drawer_is_answered_with_the_tab(anna: Client, pages: Pages) -> None:
    data = {"fingerprint": pages.fingerprint(anna, "element"), "new": "AU", "role": "view"}
    answer = anna.post(pages.tab("element"), data, headers=HTMX)
    assert answer.status_code == 200
    assert b"<html" not in answer.content
    assert "toasts" in answer.headers["HX-Trigger"]
    assert pages.stored("element") == {EVERYONE: VIEW}


# --- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["list", "section", "element", "field"])
def test_only_who_manages_access_sees_a_tab(petr: Client, pages: Pages, kind: str) -> None:
    assert petr.get(pages.tab(kind)).status_code == 403
    data = {"fingerprint": "x", "subject": code(pages.petr), f"role-{code(pages.petr)}": "full"}
    assert petr.post(pages.tab(kind), data).status_code == 403
    set_list_rights(pages.list.pk, {user(pages.anna): FULL}, actor=pages.anna)
    assert petr.get(pages.tab(kind)).status_code == 404
    assert petr.post(pages.tab(kind), data).status_code == 404


def test_a_tab_of_another_list_is_not_found(anna: Client, pages: Pages) -> None:
    for kind in ("section", "element", "field"):
        wrong = reverse(f"{kind}_access", args=[pages.list.pk, 999_999])
        assert anna.get(wrong).status_code == 404


def test_nobody_gives_more_than_they_hold(petr: Client, pages: Pages) -> None:
    grants = {user(pages.anna): FULL, user(pages.petr): MANAGE}
    set_list_rights(pages.list.pk, grants, actor=pages.anna)
    keeps = {code(pages.anna): "", code(pages.petr): "custom"}
    more = {f"right-{code(pages.petr)}": ["view", "access"]}
    answer = pages.send(petr, "list", {**keeps, "AU": "edit"}, **more)
    assert answer.status_code == 403
    assert "Все сотрудники" in answer.content.decode(), "what was typed stays"
    assert pages.send(petr, "list", {**keeps, code(pages.anna): "view"}, **more).status_code == 403
    taken = {code: role for code, role in keeps.items() if role}
    assert pages.send(petr, "list", taken, **more).status_code == 403
    assert pages.stored("list") == grants
    assert pages.send(petr, "list", {**keeps, "AU": "view"}, **more).status_code == 302
    assert pages.stored("list") == {**grants, EVERYONE: VIEW}


def test_nobody_locks_themselves_out(petr: Client, pages: Pages) -> None:
    grants = {user(pages.anna): FULL, user(pages.petr): MANAGE}
    set_list_rights(pages.list.pk, grants, actor=pages.anna)
    answer = pages.send(petr, "list", {code(pages.anna): ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert pages.stored("list") == grants


@pytest.mark.parametrize("strange", ["G999999", "D999999", "U999999", "G1; DROP", "\0", "DR-1"])
def test_an_unknown_subject_is_told(anna: Client, pages: Pages, strange: str) -> None:
    before = pages.stored("list")
    for more in ({"new": [strange]}, {"subject": [code(pages.anna), strange]}):
        data = {f"role-{code(pages.anna)}": "full", f"role-{strange}": "view", **more}
        answer = pages.send(anna, "list", own(pages), **data)
        assert answer.status_code == 422
        assert pages.stored("list") == before


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"subject": ["U1"] * 600},
        {"role": "\0", "new": "zzz"},
        {"fingerprint": "ы" * 9000},
        {"remove": "\0'"},
        {"add": "1", "new": ["U99999999999999999999"]},
    ],
)
@pytest.mark.parametrize("kind", ["list", "section", "element", "field"])
def test_junk_is_answered(anna: Client, pages: Pages, kind: str, junk: dict[str, Any]) -> None:
    before = pages.stored(kind)
    assert anna.post(pages.tab(kind), junk).status_code in {200, 409, 422}
    assert pages.stored(kind) == before


@pytest.mark.parametrize("person", ["0", "-1", "9" * 30, "ы", "\0", "1 or 1", "999999"])
def test_a_strange_person_is_told(anna: Client, pages: Pages, person: str) -> None:
    page = anna.get(pages.tab("list"), {"person": person})
    assert page.status_code == 200
    assert page.context["explanation"] is None


# --- somebody else saved first ----------------------------------------------------------


def test_others_rights_are_not_overwritten_unseen(anna: Client, pages: Pages) -> None:
    old = pages.fingerprint(anna, "list")
    theirs = {user(pages.anna): FULL, EVERYONE: EDIT, user(pages.petr): ADD}
    set_list_rights(pages.list.pk, theirs, actor=pages.anna)
    answer = pages.send(anna, "list", {**own(pages), "AU": "view"}, fingerprint=old)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Петров" in page, "theirs is shown"
    assert "Добавление" in page
    typed = {row.subject: row.role for row in answer.context["form"].rows}
    assert typed == {user(pages.anna): "full", EVERYONE: "view"}, "mine stays"
    assert pages.stored("list") == theirs
    again = pages.send(
        anna, "list", {**own(pages), "AU": "view"}, fingerprint=answer.context["form"].fingerprint
    )
    assert again.status_code == 302
    assert pages.stored("list") == {user(pages.anna): FULL, EVERYONE: VIEW}


@pytest.mark.parametrize("kind", ["section", "element", "field"])
def test_every_level_notices_another_save(anna: Client, pages: Pages, kind: str) -> None:
    old = pages.fingerprint(anna, kind)
    pk, him = pages.list.pk, {user(pages.petr): VIEW}
    if kind == "section":
        set_section_rights(pk, pages.section.pk, him, restricted=False, actor=pages.anna)
    elif kind == "element":
        set_element_rights(pk, pages.element.pk, him, restricted=False, actor=pages.anna)
    else:
        set_field_rights(
            pk, pages.price.pk, him, view_restricted=True, change_restricted=False,
            actor=pages.anna,
        )  # fmt: skip
    assert pages.send(anna, kind, {"AU": "view"}, fingerprint=old).status_code == 409
    assert pages.stored(kind) == him


# --- one page, few queries --------------------------------------------------------------


@pytest.mark.parametrize("kind", ["list", "section", "element", "field"])
def test_queries_do_not_grow_with_subjects(anna: Client, pages: Pages, kind: str) -> None:
    def number() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert anna.get(pages.tab(kind), {"person": pages.petr.pk}).status_code == 200
        return len(queries)

    mine = {code(pages.anna): "view" if kind == "field" else "full"}
    pages.send(anna, kind, mine | {"AU": "view"})
    few = number()
    people = [
        Employee.objects.create_user(f"p{at}", f"p{at}@svod.example", "x") for at in range(12)
    ]
    roles = mine | {code(person): "view" for person in people} | {"AU": "view"}
    assert pages.send(anna, kind, roles).status_code == 302
    assert number() <= few


# --- tabs, badges, sharing while adding -------------------------------------------------


def test_the_tab_of_an_element_shows_to_who_may_use_it(
    anna: Client, petr: Client, pages: Pages
) -> None:
    address = reverse("element", args=[pages.list.pk, pages.element.pk])
    assert pages.tab("element") in anna.get(address).content.decode()
    assert pages.tab("element") not in petr.get(address).content.decode()


def test_a_restricted_section_carries_a_lock(anna: Client, pages: Pages) -> None:
    tree = reverse("sections", args=[pages.list.pk])
    assert "sv-lock" not in anna.get(tree).content.decode()
    pages.send(anna, "section", {}, restricted="on")
    assert "sv-lock" in anna.get(tree).content.decode()
    assert "sv-lock" in anna.get(reverse("list", args=[pages.list.pk])).content.decode()


def shared(pages: Pages) -> None:
    """Everybody adds, and manages the access to what they made."""
    grants = {user(pages.anna): FULL, EVERYONE: ADD, AUTHOR: EDIT | MANAGE}
    set_list_rights(pages.list.pk, grants, actor=pages.anna)


def test_readers_are_named_while_adding(petr: Client, anna: Client, pages: Pages) -> None:
    address = reverse("element_add", args=[pages.list.pk])
    assert 'name="readers"' not in petr.get(address).content.decode()
    shared(pages)
    assert 'name="readers"' in petr.get(address).content.decode()
    answer = petr.post(address, {"NAME": "Пароль", "readers": [code(pages.anna)]})
    assert answer.status_code == 302
    row = schema_of(List.objects.get(pk=pages.list.pk)).model.objects.get(name="Пароль")
    assert grants_on(Element, row.pk) == {user(pages.anna): VIEW}


def test_a_reader_that_does_not_exist_makes_no_element(petr: Client, pages: Pages) -> None:
    shared(pages)
    address = reverse("element_add", args=[pages.list.pk])
    for strange in ("G999999", "CR", "junk"):
        answer = petr.post(address, {"NAME": "Пароль", "readers": [strange]})
        assert answer.status_code == 422
        assert "Пароль" in answer.content.decode()
    assert not schema_of(List.objects.get(pk=pages.list.pk)).model.objects.filter(name="Пароль")


# --- a new list -------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "granted"), [("none", None), ("edit", EDIT)])
def test_a_new_list_says_what_all_may(anna: Client, pages: Pages, role: str, granted: Any) -> None:
    page = anna.get(reverse("list_add")).content.decode()
    assert 'name="everyone"' in page
    data = {"name": "Склад", "icon": "table", "color": "blue", "sort": "500", "everyone": role}
    assert anna.post(reverse("list_add"), data).status_code == 302
    made = List.objects.get(name="Склад")
    assert grants_on(List, made.pk).get(EVERYONE) == granted
