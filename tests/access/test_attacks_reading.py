"""Attacks on reading: hidden elements, sections and fields answer as if they did not exist.

Elsewhere: A-01 test_every_url; A-11 has no grouping and no totals yet, the counts are here;
A-30 tests/lists_core/test_odd_requests; A-45 test_sign_in; A-46, A-47, A-49
tests/lists_core/test_files*.py; A-40 tests/staff. Whole worlds are compared with the model
in test_oracle.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from lists_core.access import Right, schema_for
from lists_core.schema.cache import schema_of
from lists_core.selectors.history import history_of, others_since
from lists_core.selectors.search import search_everywhere
from lists_core.selectors.suggest import suggest_elements
from lists_core.services.elements import delete_elements, update_element
from lists_core.services.fields import delete_field, purge_field
from lists_core.services.preferences import save_columns, save_widths
from staff.subjects import AUTHOR
from tests.access.attack_world import CANARY, EDIT, VIEW, World, browser, said

pytestmark = pytest.mark.django_db
ANY = 987_654
PAGES = ("element", "element_edit", "element_history", "element_uses", "element_neighbours")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def web(world: World) -> Client:
    return browser(world.reader)


def condition(code: str, op: str, *values: str) -> dict[str, Any]:
    return {"field": code, "op": op, "value": list(values)}


# --- ids of what one may not see ---------------------------------------------


@pytest.mark.parametrize("name", ["list", "list_count", "elements_bin", "list_export", "sections"])
def test_a02_outsiders_find_no_list(world: World, name: str) -> None:
    web = browser(world.outsider)
    known = web.get(world.url(name))
    unknown = web.get(world.url(name).replace(f"/{world.list.pk}/", f"/{ANY}/"))
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert "Договоры" not in said(known)


@pytest.mark.parametrize("name", PAGES)
def test_a03_a_hidden_element_is_not_there(world: World, web: Client, name: str) -> None:
    for row in (world.hidden, world.below):
        response = web.get(world.url(name, row.pk))
        expected = web.get(world.url(name, ANY)).status_code
        assert response.status_code == expected
        assert expected in {403, 404}
        assert CANARY not in said(response)


@pytest.mark.parametrize("name", ["element_edit", "element_delete", "list_row_copy"])
def test_a03_nothing_is_written_to_it(world: World, web: Client, name: str) -> None:
    data = {"NAME": "взлом", "version": 1}
    response = web.post(world.url(name, world.hidden.pk), data)
    assert response.status_code == web.post(world.url(name, ANY), data).status_code == 404
    row = world.row(world.hidden)
    assert (row.name, row.deleted_at, row.version) == (world.hidden.name, None, 1)


def test_a03_no_page_of_a_reader_has_a_canary(world: World, web: Client) -> None:
    own = [world.url(name, row.pk) for name in PAGES for row in (world.shown, world.own)]
    lists = ["list", "list_columns", "list_filter", "sections", "list_export", "elements_bin",
             "list_bulk_edit", "element_add", "list_import"]  # fmt: skip
    for address in ["/", "/search/?q=а", *own, *map(world.url, lists)]:
        assert CANARY not in said(web.get(address)), address
        assert CANARY in said(browser(world.root).get(world.url("list")))


# --- A-06 … A-09: hidden fields in filters and sorting ------------------------------------


@pytest.mark.parametrize(
    ("op", "values"), [("contains", ["КАН"]), ("empty", []), ("not_empty", []), ("nonsense", [])]
)
def test_a06_a08_a_filter_cannot_ask_for_a_hidden_field(
    world: World, web: Client, op: str, values: list[str]
) -> None:
    def answer(code: str) -> tuple[list[str], int]:
        text = json.dumps({"and": [condition(code, op, *values)]})
        context = web.get(world.url("list"), {"filter": text}).context
        return list(context["state"].notices), context["page"].count.number

    assert answer("HIDDEN") == answer("NOPE")
    assert answer("HIDDEN")[0]


def test_a07_no_filter_hops_through_a_link(world: World, web: Client) -> None:
    world.field("element", "LINK", settings={"list": world.list.pk})
    answers = [
        web.get(world.url("list"), {"filter": json.dumps({"and": [condition(code, "eq", "1")]})})
        for code in ("LINK.HIDDEN", "LINK.NAME", "LINK__HIDDEN", "NO.NO")
    ]
    assert len({tuple(answer.context["state"].notices) for answer in answers}) == 1
    assert answers[0].context["state"].notices


@pytest.mark.parametrize("parameter", ["sort", "columns"])
def test_a09_sorting_and_columns_do_not_know_it(world: World, web: Client, parameter: str) -> None:
    def told(code: str) -> tuple[list[str], list[Any]]:
        context = web.get(world.url("list"), {parameter: code}).context
        return list(context["state"].notices), context["state"].sort

    assert told("HIDDEN") == told("NOPE")
    assert told("HIDDEN")[0]


def test_a09_what_was_saved_before_the_field_was_hidden(world: World, web: Client) -> None:
    world.hide_field(hidden=False)
    save_columns(world.list.pk, ["NAME", "HIDDEN"], actor=world.reader)
    save_widths(world.list.pk, {"HIDDEN": 300}, actor=world.reader)
    assert CANARY in said(web.get(world.url("list")))
    world.hide_field()
    assert CANARY not in said(web.get(world.url("list")))


@pytest.mark.parametrize("name", ["list_cell", "list_filter_by"])
def test_a06_a_cell_of_a_hidden_field(world: World, web: Client, name: str) -> None:
    for code in ("HIDDEN", "NOPE"):
        assert web.get(world.url(name, world.own.pk, code)).status_code == 404


def test_a09_neighbours_do_not_ask_the_fields_of_authors(world: World) -> None:
    """A field that shows to authors on their own elements is no filter over all the rows."""
    world.grant(world.reader, EDIT)
    world.hide_field(AUTHOR)
    mine = world.add("Моя", HIDDEN="моё")
    world.row(mine).__class__.objects.filter(pk=mine.pk).update(created_by=world.reader.pk)
    web = browser(world.reader)
    assert "моё" in said(web.get(world.url("element", mine.pk)))
    for code in ("HIDDEN", "NOPE"):
        text = json.dumps({"or": [condition(code, "contains", "1"), condition(code, "empty")]})
        page = web.get(world.url("element_neighbours", mine.pk), {"filter": text})
        whole = web.get(world.url("element_neighbours", mine.pk), {"filter": ""})
        assert page.context["before"] == whole.context["before"]
        assert page.context["after"] == whole.context["after"]


# --- counts and pages ---------------------------------------------------------


def test_a11_a12_counts_are_of_what_is_readable(world: World, web: Client) -> None:
    assert said(web.get(world.url("list_count"))).strip().endswith("2")
    context = web.get(world.url("list")).context
    assert (context["page"].count.number, context["page"].pages) == (2, 1)
    for query in ({"page": "99999999999"}, {"page": "-1"}, {"page": "2'--"}, {"size": "9999"}):
        response = web.get(world.url("list"), query)
        assert (response.status_code, CANARY in said(response)) == (200, False)
        assert response.context["state"].notices
    own = web.get(world.url("list"), {"section": str(world.closed.pk)}).context["page"]
    none = web.get(world.url("list"), {"section": str(ANY)}).context["page"]
    assert own.count.number == none.count.number == 0


def test_a12_a_granted_element_does_not_tell_its_closed_section(world: World) -> None:
    world.restrict(world.below, world.reader)
    web = browser(world.reader)
    assert web.get(world.url("list")).context["page"].count.number == 3
    page = web.get(world.url("list"), {"section": str(world.closed.pk)})
    assert page.context["page"].count.number == 0
    assert f"Закрытый {CANARY}" not in said(web.get(world.url("element", world.below.pk)))


# --- words, suggestions, links -------------------------------------------


def test_a13_words_of_hidden_things_find_nothing(world: World, web: Client) -> None:
    page = web.get(world.url("list"), {"q": CANARY}).context["page"]
    assert page.count.number == 0
    assert search_everywhere(world.reader, CANARY).is_empty
    assert web.get(world.url("list"), {"q": "хвоя"}).context["page"].count.number == 1


def test_a14_pickers_suggest_nothing_hidden(world: World) -> None:
    assert suggest_elements(world.reader, world.list.pk, CANARY) == []
    assert suggest_elements(world.reader, world.list.pk, f"#{world.hidden.pk}") == []
    response = browser(world.outsider).get(world.url("element_suggest"), {"q": "Ель"})
    assert response.status_code == 404


def test_a16_links_from_and_to_hidden_elements(world: World, web: Client) -> None:
    link = world.field("element", "LINK", settings={"list": world.list.pk})
    world.add(f"Ссылка {CANARY}", world.closed.pk, LINK=world.shown.pk)
    public = world.add("Видная", LINK=world.hidden.pk)
    world.add("Вторая", LINK=world.shown.pk)
    uses = said(web.get(world.url("element_uses", world.shown.pk)))
    assert "Вторая" in uses
    assert CANARY not in uses
    assert CANARY not in said(web.get(world.url("element", public.pk)))
    world.hide_field(field=link)
    assert "Вторая" not in said(web.get(world.url("element_uses", world.shown.pk)))


# --- history -------------------------------------------------------------------------------


def entries(world: World, row: Any) -> list[list[tuple[str, str, str]]]:
    schema = schema_for(world.reader, world.list, world.row(row))
    found = history_of(schema, row.pk, actor=world.reader).entries
    return [[(c.name, str(c.old), str(c.new)) for c in entry.changes] for entry in found]


def test_a03_history_leaves_hidden_fields_out(world: World) -> None:
    update_element(world.list.pk, world.own.pk, {"HIDDEN": CANARY}, version=1, actor=world.root)
    told = {"NOTE": "кора", "HIDDEN": f"{CANARY} 5"}
    update_element(world.list.pk, world.own.pk, told, version=2, actor=world.root)
    changes = entries(world, world.own)
    assert CANARY not in str(changes)
    assert changes[0] == [("Note", "шишка", "кора")]
    assert changes[1] == []  # that it was changed stands on its page; what, nowhere


@pytest.mark.parametrize("gone", [delete_field, purge_field])
def test_a03_history_forgets_no_restriction_with_the_field(world: World, gone: Any) -> None:
    delete_field(world.secret.pk, actor=world.root)
    if gone is purge_field:
        purge_field(world.secret.pk, actor=world.root)
    world.list.refresh_from_db()
    assert CANARY not in str(entries(world, world.own))
    assert "шишка" in str(entries(world, world.own))


def test_a03_history_names_no_hidden_section(world: World) -> None:
    values = {"SECTION": world.closed.pk}
    update_element(world.list.pk, world.own.pk, values, version=1, actor=world.root)
    values = {"SECTION": world.mine.pk}
    update_element(world.list.pk, world.own.pk, values, version=2, actor=world.root)
    assert CANARY not in str(entries(world, world.own))


def test_a03_a_clash_over_hidden_fields_is_none(world: World, web: Client) -> None:
    """Somebody wrote to a field that the person may not see: the save goes on, nothing is told."""
    update_element(world.list.pk, world.own.pk, {"HIDDEN": CANARY}, version=1, actor=world.root)
    assert world.secret.column in others_since(schema_of(world.list), world.own.pk, 1)
    data = {"NAME": "Лиственница", "NOTE": "шишка", "SECTION": world.mine.pk, "version": 1}
    response = web.post(world.url("element_edit", world.own.pk), data)
    assert response.status_code == 302
    assert CANARY not in said(response)
    update_element(world.list.pk, world.own.pk, {"HIDDEN": "тайна"}, version=3, actor=world.root)
    cell = world.url("list_cell", world.own.pk, "NOTE")
    response = web.post(cell, {"value": "кора", "version": 3})
    assert (response.status_code, CANARY in said(response)) == (200, False)
    row = world.row(world.own)
    schema = schema_for(world.root, world.list)
    values = (row.name, schema["NOTE"].read(row), schema["HIDDEN"].read(row))
    assert values == ("Лиственница", "кора", "тайна")


# --- the bin ---------------------------------------------------------------------------


def test_a87_the_bin_shows_what_was_readable(world: World, web: Client) -> None:
    gone = [world.own.pk, world.hidden.pk, world.below.pk]
    delete_elements(world.list.pk, gone, actor=world.root)
    page = web.get(world.url("elements_bin"))
    assert [line.row.name for line in page.context["rows"]] == ["Сосна"]
    assert page.context["page"].paginator.count == 1
    found = web.get(world.url("elements_bin"), {"q": CANARY})
    assert found.context["page"].paginator.count == 0
    for response in (page, web.get(world.url("element", world.own.pk))):
        assert CANARY not in said(response)
    web.post(world.url("elements_restore"), {"id": gone})
    assert [world.row(row).deleted_at is None for row in (world.own, world.hidden)] == [True, False]


def test_a87_restoring_asks_for_the_right(world: World, web: Client) -> None:
    delete_elements(world.list.pk, [world.shown.pk], actor=world.root)
    assert web.post(world.url("elements_restore"), {"id": world.shown.pk}).status_code == 403
    world.grant_section(world.mine, world.reader, VIEW)
    assert web.get(world.url("elements_bin")).status_code == 403
    assert Right.VIEW in VIEW
