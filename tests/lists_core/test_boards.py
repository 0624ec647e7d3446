"""The board of an ordinary list: lanes, sums, cards that move, what the person may not know."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from moneyed import Money

from lists_core.access import ROLES
from lists_core.boards.board import STEP, open_board
from lists_core.grid import patience
from lists_core.grid.extra import ExtraColumn
from lists_core.models import FieldOption, ListWatch
from lists_core.services.boards import MovedAway, move_card
from lists_core.services.lists import create_list
from lists_core.services.rights import set_field_rights, set_list_rights
from lists_core.services.views import create_view
from staff.subjects import EVERYONE, Subject
from svod.base.errors import Conflict, NotFound
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db
OPTIONS = [{"id": None, "name": name, "color": "blue"} for name in ("Новая", "В работе", "Готово")]


class Backlog:
    """A list of tasks with a status and a price, as `petr` sees it."""

    def __init__(self) -> None:
        self.world: World = make_world()
        self.status = self.world.field("list", "STATUS", settings={"options": OPTIONS})
        self.cost = self.world.field("money", "COST")
        self.options = list(FieldOption.objects.filter(field=self.status).order_by("sort"))
        self.client = Client()
        self.client.force_login(self.world.petr)

    def add(self, name: str, place: int | None, amount: int | None = None) -> Any:
        money = None if amount is None else Money(Decimal(amount), "RUB")
        status = None if place is None else self.options[place].pk
        return self.world.add(name, STATUS=status, COST=money)

    def board(self, **params: str) -> Any:
        return open_board(self.world.petr, self.world.list.pk, params)

    def page(self, **params: str) -> str:
        return self.client.get(self.world.url("list_kanban"), params).content.decode()

    def close(self, field: Any, *, view: bool, change: bool) -> None:
        """Nobody but whoever has full access views or changes the field."""
        set_field_rights(
            self.world.list.pk, field.pk, {}, view_restricted=view, change_restricted=change,
            actor=self.world.anna,
        )  # fmt: skip

    def send(self, row: Any, place: int, **query: Any) -> Any:
        query = {"lane": self.options[place].pk, **query}
        url = self.world.url("list_kanban_move", row.pk)
        return self.client.post(url, query_params=query, headers=HTMX)


@pytest.fixture
def backlog() -> Backlog:
    return Backlog()


def shown(board: Any) -> dict[str, tuple[int, list[str]]]:
    return {lane.plan.name: (lane.count, list(lane.sums)) for lane in board.shown({})}


def test_lanes_count_and_sum(backlog: Backlog) -> None:
    backlog.add("Первая", 0, 100)
    backlog.add("Вторая", 0, 250)
    backlog.add("Третья", 1)
    backlog.add("Ничья", None, 7)
    found = shown(backlog.board())
    assert found["Новая"][0] == 2
    assert found["Новая"][1][0].startswith(("350", "₽350", "RUB"))
    assert found["В работе"] == (1, [])
    assert [count for count, _sums in found.values()] == [1, 2, 1, 0]


def test_filter_search_and_switch_share_the_state(backlog: Backlog) -> None:
    backlog.add("Дуб", 0, 100)
    backlog.add("Ель", 0, 250)
    page = backlog.page(q="дуб")
    assert "Дуб" in page
    assert "Ель" not in page
    assert f'href="/lists/{backlog.world.list.pk}/?q=%D0%B4%D1%83%D0%B1"' in page
    table = backlog.client.get(f"/lists/{backlog.world.list.pk}/?q=дуб").content.decode()
    assert f"/lists/{backlog.world.list.pk}/kanban/?q=" in table


def test_more_cards_follow_by_key(backlog: Backlog) -> None:
    rows = [backlog.add(f"Карточка {number:02}", 0) for number in range(STEP + 5)]
    lane = next(lane for lane in backlog.board().shown({}) if lane.count)
    assert lane.shown == STEP
    assert lane.below == rows[5].pk
    url = backlog.world.url("list_kanban_more")
    rest = backlog.client.get(url, {"lane": lane.key, "below": lane.below}).content.decode()
    assert "Карточка 04" in rest
    assert "Карточка 05" not in rest
    assert "hx-get" not in rest
    grown = next(one for one in backlog.board().shown({lane.key: 40}) if one.count)
    assert grown.shown == STEP + 5


SORTS = ("-COST", "COST", "NAME", "-STATUS,COST", "CREATED_AT", "-ID", "PLACE", "-PLACE,COST")


def test_cards_stand_as_the_state_sorts_them(backlog: Backlog, monkeypatch: Any) -> None:
    """Page after page as the table has them: equal and empty values are neither lost nor told
    twice, however long; a link to sections of a list that is closed to the person sorts as an
    empty field."""
    world = backlog.world
    closed = create_list(actor=world.anna, everyone="", name="Тайны", has_sections=True)
    world.field("section", "PLACE", settings={"list": closed.pk})
    monkeypatch.setattr("lists_core.boards.board.STEP", 3)
    monkeypatch.setattr("lists_core.selectors.keyset.LONGEST", 9)
    for number, cost in enumerate([5, 7, 7, None, 7, 1, None, 300, 5, None]):
        backlog.add(f"Карточка {number % 4}", 0, cost)
    for place, sort in enumerate(SORTS):
        monkeypatch.setattr("lists_core.selectors.boards.FEW", 5000 * (place % 2))
        board = backlog.board(sort=sort)
        lane = next(one for one in board.shown({}) if one.count)
        found = cards(lane.cards)
        while lane.below:
            lane = board.more(lane.plan, lane.below)
            found += cards(lane.cards)
        assert found == list(board.grid.found.values_list("pk", flat=True)), sort
        assert len(found) == 10, sort


def cards(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="card-(\d+)"', html)]


def test_the_sort_is_chosen_above_the_board(backlog: Backlog) -> None:
    row = backlog.add("Первая", 0, 100)
    given = {"sort": "-COST"}
    view = create_view(backlog.world.list.pk, "Дорогие", given, actor=backlog.world.petr)
    page = backlog.page(view=str(view.pk))
    assert '<option value="-COST" selected>' in page
    assert 'data-sort="-COST"' in page
    both = backlog.page(sort="-COST,NAME")
    assert re.search(r'<option value="-COST,NAME" selected>[^<]+ ↓, [^<]+ ↑<', both)
    # The place of an element that one may not read is not told.
    url = backlog.world.url("list_kanban_more")
    lane = {"lane": backlog.options[0].pk, "sort": "NAME", "below": row.pk + 1000}
    answer = backlog.client.get(url, lane, headers=HTMX)
    assert "elements-changed" in answer["HX-Trigger"]
    backlog.close(backlog.cost, view=True, change=True)
    assert 'value="-COST"' not in backlog.page(sort="-COST")


def test_what_takes_too_long_is_told(backlog: Backlog, monkeypatch: Any) -> None:
    row = backlog.add("Первая", 0, 100)
    monkeypatch.setattr(patience, "size_of", lambda _list: 1_000_000)
    monkeypatch.setattr(patience, "SCAN_MS", 0)
    page = backlog.page(sort="-COST")
    assert "слишком долго" in page
    assert ("Первая" in page, "data-board-scroll" in page) == (False, False)
    lane = {"lane": backlog.options[0].pk, "sort": "-COST", "below": row.pk}
    rest = backlog.client.get(backlog.world.url("list_kanban_more"), lane).content.decode()
    assert "слишком долго" in rest
    assert f"below={row.pk}" in rest


@pytest.mark.parametrize("few", [0, 5000])
def test_both_plans_find_the_same(backlog: Backlog, monkeypatch: Any, few: int) -> None:
    monkeypatch.setattr("lists_core.selectors.boards.FEW", few)
    for number in range(12):
        backlog.add(f"Карточка {number}", number % 4 if number % 4 < 3 else None)
    for lane in backlog.board().shown({}):
        assert lane.count == lane.shown == 3


def test_a_card_moves(backlog: Backlog) -> None:
    row = backlog.add("Первая", 0)
    answer = backlog.send(row, 1)
    assert answer.status_code == 204
    assert "HX-Trigger" not in answer  # nothing that would close what was opened meanwhile
    assert getattr(backlog.world.row(row.pk), backlog.status.column) == backlog.options[1].pk


def test_whoever_saw_it_elsewhere_is_told(backlog: Backlog) -> None:
    row = backlog.add("Первая", 0)
    backlog.send(row, 2)
    late = backlog.send(row, 1, **{"from": backlog.options[0].pk})
    assert "toast" in late["HX-Trigger"]
    assert getattr(backlog.world.row(row.pk), backlog.status.column) == backlog.options[2].pk
    with pytest.raises(MovedAway):
        move_card(backlog.world.list.pk, row.pk, "STATUS", None, actor=backlog.world.petr, seen=1)


def test_what_a_listener_refuses_is_told(backlog: Backlog, monkeypatch: Any) -> None:
    def refuse(_write: Any) -> None:
        raise Conflict("The flat is taken.")

    row = backlog.add("Первая", 0)
    monkeypatch.setattr("lists_core.services.elements.before_write", refuse)
    answer = backlog.send(row, 1)
    assert answer.status_code == 204
    assert "The flat is taken." in answer["HX-Trigger"]


def test_a_card_is_added_at_the_top_of_a_lane(backlog: Backlog) -> None:
    url = backlog.world.url("list_kanban_add")
    key = backlog.options[1].pk
    backlog.client.post(f"{url}?lane={key}", {"name": "Новая дверь"}, headers=HTMX)
    assert shown(backlog.board())["В работе"][0] == 1
    backlog.world.field("string", "MUST", required=True)
    refused = backlog.client.post(f"{url}?lane={key}", {"name": "Ещё"}, headers=HTMX)
    assert shown(backlog.board())["В работе"][0] == 1
    whole = backlog.client.get(json.loads(refused["HX-Trigger"])["board:form"]["url"])
    form = whole.context["form"]
    assert (form["NAME"].value(), form["STATUS"].value()) == ("Ещё", key)


def test_viewers_do_not_move(backlog: Backlog) -> None:
    row = backlog.add("Первая", 0)
    set_list_rights(
        backlog.world.list.pk,
        {EVERYONE: ROLES["view"][1], Subject("U", backlog.world.anna.pk): ROLES["full"][1]},
        actor=backlog.world.anna,
    )
    page = backlog.page()
    assert "Первая" in page
    assert "sv-card-movable" not in page
    assert "list_kanban_add" not in page
    assert backlog.send(row, 1).status_code == 403


def test_hidden_fields_do_not_exist(backlog: Backlog) -> None:
    backlog.add("Первая", 0, 777)
    backlog.close(backlog.cost, view=True, change=True)
    assert "777" not in backlog.page()
    backlog.close(backlog.status, view=True, change=True)
    assert backlog.client.get(backlog.world.url("list_kanban")).status_code == 404


def test_a_field_that_is_only_read_fixes_the_cards(backlog: Backlog) -> None:
    row = backlog.add("Первая", 0)
    backlog.close(backlog.status, view=False, change=True)
    assert "sv-card-movable" not in backlog.page()
    assert backlog.send(row, 1).status_code == 403


def test_foreign_lanes_and_elements_are_not_found(backlog: Backlog) -> None:
    row = backlog.add("Первая", 0)
    url = backlog.world.url("list_kanban_move", row.pk)
    assert backlog.client.post(f"{url}?lane=999999", headers=HTMX).status_code == 404
    missing = backlog.world.url("list_kanban_move", row.pk + 1000)
    answer = backlog.client.post(f"{missing}?lane={backlog.options[0].pk}", headers=HTMX)
    assert answer.status_code == 404
    with pytest.raises(NotFound):
        open_board(backlog.world.petr, backlog.world.list.pk + 1000, {})


def test_queries_do_not_grow(backlog: Backlog, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        backlog.add(f"Карточка {number}", number)
    backlog.page()
    with django_assert_max_num_queries(25) as few:
        backlog.page()
    for number in range(30):
        backlog.add(f"Карточка {number}", number % 3)
    with django_assert_max_num_queries(len(few.captured_queries)):
        backlog.page()


def test_chosen_fields_stand_on_cards(backlog: Backlog) -> None:
    backlog.world.add("Первая", STATUS=backlog.options[0].pk, NOTE="приписка")
    url = backlog.world.url("list_kanban_fields")
    assert "Note" in backlog.client.get(url).content.decode()
    backlog.client.post(url, {"column": ["NOTE", "NO_SUCH"]}, headers=HTMX)
    assert "приписка" in backlog.page()
    backlog.client.post(url, {"column": ["COST"]}, headers=HTMX)
    assert "приписка" not in backlog.page()


def test_folded_lanes_are_remembered(backlog: Backlog) -> None:
    backlog.add("Первая", 0)
    key = str(backlog.options[0].pk)
    assert "Первая" not in backlog.page(open=f"{key}:0")
    assert "Первая" not in backlog.page()
    assert "Первая" in backlog.page(open=f"{key}:1")


def test_whoever_looks_is_told_of_changes(backlog: Backlog, monkeypatch: Any) -> None:
    told: list[Any] = []
    monkeypatch.setattr("lists_core.services.watching.publish", lambda *news: told.append(news))
    backlog.add("Первая", 0)
    assert told[-1][0] == []
    backlog.page()
    assert ListWatch.objects.get().employee == backlog.world.petr
    backlog.add("Вторая", 0)
    assert told[-1] == ([backlog.world.petr.pk], "list", {"list": backlog.world.list.pk})


def test_badges_of_upper_apps(backlog: Backlog) -> None:
    from lists_core.boards.kinds import card_badges

    class Badge(ExtraColumn):
        slug = "badge"

        def cells(self, actor: Any, list_: Any, rows: Any) -> dict[int, str]:
            return {row.pk: "<b>три дела</b>" for row in rows}

    backlog.add("Первая", 0)
    card_badges.register(Badge())
    try:
        assert "<b>три дела</b>" in backlog.page()
    finally:
        card_badges.unregister("badge")


@pytest.mark.parametrize("params", [
    {"by": "NO_SUCH"}, {"sizes": "x:y,,:"}, {"open": ":::,5"}, {"section": "x"},
    {"filter": "{"}, {"sizes": "1:99999999999"},
])  # fmt: skip
def test_odd_addresses_do_not_break_it(backlog: Backlog, params: dict[str, str]) -> None:
    backlog.add("Первая", 0)
    assert "Первая" in backlog.page(**params)
