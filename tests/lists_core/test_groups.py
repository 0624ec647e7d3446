"""Groups and totals of a table: what a page shows, what it costs, what it refuses."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lists_core.grid import foot, patience
from lists_core.grid.group_rows import whole_number
from lists_core.grid.groups import grouped_page
from lists_core.reports import levels
from lists_core.services.elements import delete_elements
from lists_core.services.fields import delete_field
from staff.subjects import EVERYONE
from tests.lists_core.report_world import text_of
from tests.lists_core.view_world import Viewed, events, params_of

pytestmark = pytest.mark.django_db
BY_NOTE = {"group": "NOTE:value", "totals": "PRICE:sum"}


@pytest.fixture
def own() -> Viewed:
    return Viewed()


def groups(own: Viewed, who: Any, **params: Any) -> list[tuple[str, int]]:
    level = grouped_page(own.grid(who, **params)).level
    assert level is not None
    return [(part.name, part.tally.rows) for part in level.parts]


def below(own: Viewed, path: Any, part: Any = 1, **params: Any) -> Any:
    return own.ask(own.anna, "list_groups", **params, path=json.dumps(path), part=part)


def names(response: Any) -> list[str]:
    return [part.split("<")[0] for part in text_of(response).split("data-drawer>")[1:]]


def queries(own: Viewed, name: str, **params: Any) -> int:
    own.ask(own.anna, name, **params)  # what is kept from page to page is read once
    with CaptureQueriesContext(
        connection,
    ) as made:
        assert own.ask(own.anna, name, **params).status_code == 200
    return len(made)


# --- what is shown --------------------------------------------------------------------------


def test_groups_with_counts_and_subtotals_in_order(own: Viewed) -> None:
    own.world.add("Сосна", NOTE="Тайна 3", PRICE=100)
    own.world.add("Пихта")
    wanted = [("Тайна 0", 1), ("Тайна 1", 1), ("Тайна 2", 1), ("Тайна 3", 2), ("Не указано", 1)]
    assert groups(own, own.anna, **BY_NOTE) == wanted
    turned = groups(own, own.anna, group="-NOTE:value")
    assert turned == [*reversed(wanted[:-1]), wanted[-1]]
    page = text_of(own.ask(own.anna, "list", **BY_NOTE))
    assert page.count('<tr class="sv-group"') == len(wanted)
    assert ">113,00<" in page
    assert ">146,00<" in page  # of all: 10 + 11 + 12 + 13 + 100
    assert "6 элементов, 5 групп" in page
    assert 'role="treegrid"' in page


def test_a_group_opens_to_groups_and_those_to_elements(own: Viewed) -> None:
    own.world.add("Сосна", NOTE="Тайна 3", PRICE=100, TAGS=["лес", "дом"])
    own.world.add("Пихта", NOTE="Тайна 3", TAGS=["лес"])
    params = {"group": "NOTE:value,TAGS:value,PRICE:value", "sort": "NAME"}
    inner = text_of(below(own, ["vТайна 3"], **params))
    assert [word in inner for word in (">лес<", ">дом<", ">Не указано<")] == [True] * 3
    assert inner.count('data-level="2"') == 3
    last = text_of(below(own, ["vТайна 3", "vлес"], **params))
    assert (last.count('data-level="3"'), ">100,00<" in last) == (2, True)
    assert names(below(own, ["vТайна 3", "vлес", "e"], **params)) == ["Пихта"]
    assert names(below(own, ["vТайна 3", "vдом", "v100"], **params)) == ["Сосна"]
    assert names(below(own, ["vТайна 2", "e", "v12"], **params)) == ["Ель 2"]


def test_many_groups_and_many_elements_come_in_parts(own: Viewed, monkeypatch: Any) -> None:
    monkeypatch.setattr(levels, "PAGE", 3)
    for number in range(4):
        own.world.add(f"Дуб {number}", NOTE="Дубы")
    page = own.ask(own.anna, "list", **BY_NOTE)
    first = [name for name, _rows in groups(own, own.anna, **BY_NOTE)]
    assert (first, "Ещё 2 группы" in text_of(page)) == (["Дубы", "Тайна 0", "Тайна 1"], True)
    second = text_of(below(own, [], part=2, **BY_NOTE))
    assert (">Тайна 3<" in second, "data-group-next" in second) == (True, False)
    monkeypatch.setattr("lists_core.grid.state.PAGE_SIZES", (3,))
    three = {**BY_NOTE, "size": 3, "sort": "NAME"}
    opened = below(own, ["vДубы"], **three)
    assert (names(opened), "data-group-next" in text_of(opened)) == (
        ["Дуб 0", "Дуб 1", "Дуб 2"],
        True,
    )
    rest = below(own, ["vДубы"], part=2, **three)
    assert (names(rest), "data-group-next" in text_of(rest)) == (["Дуб 3"], False)
    own.world.add("Дуб", NOTE="Дубы")  # before what is shown: nothing moves
    delete_elements(own.list.pk, [own.world.add("Дуб 25", NOTE="Дубы").pk], actor=own.anna)
    rest = below(own, ["vДубы"], part=2, after=place_in(opened), **three)
    assert (names(rest), "data-group-next" in text_of(rest)) == (["Дуб 3"], False)


def place_in(response: Any) -> str:
    """Where the elements of a part end, as its button says."""
    found = re.search(r'data-after="([^"]*)"', response.content.decode())
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("sort", ["", "PRICE", "-PRICE", "NOTE,-PRICE", "-NOTE,NAME", "ID"])
def test_the_parts_of_a_group_are_the_whole(own: Viewed, monkeypatch: Any, sort: str) -> None:
    """Whatever the sort and however many values are empty or the same; so of a flat table."""
    monkeypatch.setattr("lists_core.grid.state.PAGE_SIZES", (3, 100))
    for number in range(9):
        price = None if number % 3 else number // 4
        own.world.add(f"Дуб {number}", PRICE=price, NOTE=["а", "Б", None][number % 3])
    for group, path in (("CREATED_BY:value", [f"v{own.anna.pk}"]), ("", [])):
        asked = {"group": group, "sort": sort}
        whole = names(below(own, path, **asked, size=100))
        part = below(own, path, **asked, size=3) if group else own.ask(
            own.anna, "list", sort=sort, size=3
        )  # fmt: skip
        got = names(part)
        while "data-group-next" in text_of(part):
            part = below(own, path, **asked, size=3, after=place_in(part))
            got += names(part)
        assert len(whole) >= 13
        assert got == whole


def test_a_place_of_somebodys_own_making_is_not_found(own: Viewed) -> None:
    by = {"group": "NOTE:value", "sort": "PRICE"}
    wrong = ["{", "5", "[1]", "[1, []]", '["1", ["1"]]', '[1, ["вздор"]]', '[1, ["\\ud800"]]',
             '[1, ["\\u0000"]]', f"[{10**30}, [null]]", "[" * 3_000, '[1, [{"a": 1}]]']  # fmt: skip
    told = {place: below(own, ["vТайна 1"], after=place, **by).status_code for place in wrong}
    assert told == dict.fromkeys(wrong, 404)


# --- open groups in the address -------------------------------------------------------------


def test_the_address_keeps_what_is_open(own: Viewed) -> None:
    tree = '{"vТайна 1":{"v11":{}},"e":{}}'
    asked = {"group": "NOTE:value,PRICE:value", "open": tree}
    state = own.grid(own.anna, **asked).state
    assert params_of(state.query())["open"] == tree
    assert params_of(state.query(sort=(("NAME", True),)))["open"] == tree
    page = own.ask(own.anna, "list", **asked)
    assert f"open={quote_plus(tree)}" in page.content.decode()
    wrong = ["{", "[]", "{}", '{"v1":1}', '{"v1":{"v2":{"v3":{}}}}', "[" * 3_000,
             '{"\\ud800":{}}', f'{{"v{"я" * 300}":{{}}}}',
             json.dumps({f"v{n}": {} for n in range(51)})]  # fmt: skip
    for text in wrong:
        state = own.grid(own.anna, **{**asked, "open": text}).state
        assert ("open" in params_of(state.query()), state.told) == (False, ()), text
    view = own.view(group="NOTE:value")
    own.send(own.anna, own.url("list_view_save", view.pk) + f"?{urlencode(asked)}")
    view.refresh_from_db()
    assert "open" not in view.state
    assert not own.grid(own.anna, view=view.pk, open='{"e":{}}').state.is_changed
    ungrouped = own.ask(own.anna, "list", open=tree).content.decode()
    assert "open=" not in ungrouped


def test_the_filter_and_the_search_narrow_groups_and_totals(own: Viewed) -> None:
    assert groups(own, own.anna, **BY_NOTE, q="Ель 2") == [("Тайна 2", 1)]
    nothing = text_of(own.ask(own.anna, "list", **BY_NOTE, q="нет такого"))
    assert "Ничего не найдено" in nothing


def test_every_total_of_a_column(own: Viewed) -> None:
    own.world.add("Ель 0", TAGS=["лес", "дом"])
    own.world.add("Пихта", TAGS=["лес"])
    wanted = {
        "PRICE": {"sum": "46,00", "average": "11,50", "min": "10,00", "max": "13,00",
                  "count": "6", "filled": "4", "empty": "2", "share": "66,7 %", "unique": "4"},
        "TAGS": {"filled": "2", "empty": "4", "unique": "2"},
        "NAME": {"count": "6", "unique": "5"},
    }  # fmt: skip
    for code, totals in wanted.items():
        for slug, told in totals.items():
            grid = own.grid(own.anna, totals=f"{code}:{slug}")
            known = foot.found_totals(grid)
            text = foot.total_text(grid, grid.state.grouped.totals[0], known)
            assert text.replace("\xa0", " ") == told, (code, slug)


def test_a_long_number_is_not_cut(own: Viewed) -> None:
    """It may go on in the next line after a group of digits, and nowhere else; of several amounts
    each keeps to its line."""
    both = "1\u00a0000\u00a0₽ · 20\u00a0000\u00a0€"
    assert whole_number(both) == f'<span class="sv-total-long">{both}</span>'
    own.world.add("Сосна", NOTE="Тайна 3", PRICE="123456789012345.50")
    page = own.ask(own.anna, "list", **BY_NOTE).content.decode()
    assert '<span class="sv-total-long">123 456 789 012 391,50</span>' in page
    assert 'title="сумма: 123\u00a0456\u00a0789\u00a0012\u00a0391,50"' in page
    assert ">10,00<" in page


def test_a_total_that_a_column_cannot_have_is_left_out(own: Viewed) -> None:
    state = own.grid(own.anna, totals="NOTE:sum,PRICE:sum,NO:count,PRICE").state
    assert state.plain()["totals"] == "PRICE:sum"
    assert len(state.notices) == 1
    state = own.grid(own.anna, group="NOTE:value,PRICE:value,NO:value,NAME:value,TAGS:value").state
    assert state.plain()["group"] == "NOTE:value,PRICE:value,NAME:value"
    assert len(state.notices) == 1


# --- kept in views --------------------------------------------------------------------------


def test_a_view_keeps_groups_and_totals(own: Viewed) -> None:
    view = own.view(EVERYONE, group="-NOTE:value", totals="PRICE:max", q="Ель")
    assert next(name for name, _rows in groups(own, own.petr, view=view.pk)) == "Тайна 3"
    state = own.grid(own.petr, view=view.pk).state
    assert (state.query(), state.is_changed) == (f"?view={view.pk}", False)
    plain = own.grid(own.petr, view=view.pk, group="", totals="").state
    assert (plain.grouped.levels, plain.is_changed) == ((), True)
    delete_field(own.list.fields.get(code="NOTE").pk, actor=own.anna)
    left = own.grid(own.petr, view=view.pk).state
    assert (left.grouped.levels, len(left.asides), left.plain()["totals"]) == ((), 1, "PRICE:max")


def test_the_dialog_leads_to_the_state(own: Viewed) -> None:
    view = own.view(q="Ель")
    url = own.url("list_group") + f"?view={view.pk}"
    chosen = {"by": ["NOTE:value", "", "PRICE:value"], "turned": ["1", "0", "0"]}
    told = events(own.send(own.anna, url, **chosen))["svod:saved"]["go"]
    assert params_of(told.partition("?")[2]) == {
        "view": str(view.pk),
        "group": "-NOTE:value,PRICE:value",
    }
    assert own.ask(own.anna, "list_group", group="-NOTE:value").status_code == 200
    refused = own.send(own.anna, url, by=["NO:value"], turned=["0"])
    assert refused.status_code == 422


# --- what is refused ------------------------------------------------------------------------


NOWHERE = [
    "{", "5", '"v"', "[5]", '["x"]', '["g"]', '["o"]', '["vТайна 1", "v12", "v1"]',
    '["\\ud800"]', '["\\u0000"]', "[" * 3_000,
]  # fmt: skip
NO_NUMBERS = ["vNaN", "vInfinity", "v1e20", "v1e999", "v1e-999", f"v{'9' * 60}", "v", "vабв"]


def test_a_path_that_leads_nowhere_is_not_found(own: Viewed) -> None:
    by = {"group": "NOTE:value,PRICE:value"}
    told = {path: own.ask(own.anna, "list_groups", **by, path=path).status_code for path in NOWHERE}
    assert told == dict.fromkeys(NOWHERE, 404)
    told = {step: below(own, [step], group="PRICE:value").status_code for step in NO_NUMBERS}
    assert told == dict.fromkeys(NO_NUMBERS, 404)


def test_a_part_that_is_not_there_is_empty_or_not_found(own: Viewed) -> None:
    assert below(own, [], part="0", **BY_NOTE).status_code == 404
    assert below(own, [], part="x", **BY_NOTE).status_code == 404
    assert text_of(below(own, [], part=99, **BY_NOTE)) == ""
    assert text_of(below(own, [], part=99)) == ""
    assert below(own, ["v1"]).status_code == 404
    assert below(own, ["vнет такой"], **BY_NOTE).content == b""


# --- what it costs --------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow(own: Viewed) -> None:
    asked = {"group": "CREATED_BY:value,NOTE:value", "totals": "PRICE:sum,NAME:unique"}
    path = {"path": json.dumps([f"v{own.anna.pk}"])}
    rows = {"path": json.dumps([f"v{own.anna.pk}", "vТайна 1"])}
    pages = [("list", {}), ("list_groups", path), ("list_groups", rows), ("list_totals", {})]
    before = [queries(own, name, **asked, **more) for name, more in pages]
    for number in range(12):
        own.world.add(f"Дуб {number}", NOTE=f"Тайна {number}", PRICE=number)
    assert [queries(own, name, **asked, **more) for name, more in pages] == before
    plain = queries(own, "list")
    assert before[0] <= plain + 2
    assert queries(own, "list", totals="PRICE:sum,NOTE:unique") <= plain + 2


# --- large lists ----------------------------------------------------------------------------


def test_of_a_large_list_the_totals_come_after_the_page(own: Viewed, monkeypatch: Any) -> None:
    for module in (foot, patience):
        monkeypatch.setattr(module, "size_of", lambda _list: 1_000_000)
    page = text_of(own.ask(own.anna, "list", totals="PRICE:sum"))
    assert own.url("list_totals") in page
    assert ">46,00<" not in page
    assert ">46,00<" in text_of(own.ask(own.anna, "list_totals", totals="PRICE:sum"))


def test_what_takes_too_long_is_told(own: Viewed, monkeypatch: Any) -> None:
    for module in (foot, patience):
        monkeypatch.setattr(module, "size_of", lambda _list: 1_000_000)
    monkeypatch.setattr(patience, "in_time", lambda read, limit: None)
    grouped = text_of(own.ask(own.anna, "list", **BY_NOTE))
    assert "слишком долго" in grouped
    assert "sv-group-note" in text_of(below(own, ["vТайна 1"], **BY_NOTE))
    assert "слишком долго" in text_of(own.ask(own.anna, "list_totals", totals="PRICE:sum"))
