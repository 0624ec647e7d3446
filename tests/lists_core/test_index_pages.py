"""Pages over large lists: limits of time, what they cost, and the page of indexes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lists_core.grid import patience
from lists_core.grid.page import open_grid
from lists_core.models import ListIndex
from lists_core.selectors import suggest
from lists_core.selectors.by_title import ByTitle
from lists_core.services import index_use
from lists_core.services import indexes as keeper
from lists_core.services.lists import create_list
from staff.models import Employee
from tests.lists_core.index_world import ROWS, column, low_line, world

__all__ = ["low_line", "world"]
Kind, State = ListIndex.Kind, ListIndex.State
pytestmark = pytest.mark.django_db(transaction=True)


def visitor(person: Employee) -> Client:
    client = Client()
    client.force_login(person)
    return client


def grid_page(world: Any, **params: str) -> str:
    answer = visitor(world.admin).get(f"/lists/{world.list.pk}/", params)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_page_that_takes_too_long_says_what_to_do(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.keep_indexes()
    index_use.forget()
    monkeypatch.setattr(patience, "in_time", lambda read, milliseconds: None)
    page = grid_page(world, sort="PRICE", q="abc")
    assert "Это слишком долго: уточните фильтр или отсортируйте по одному из полей: " in page
    assert "Индекс уже строится" in page
    waiting = ListIndex.objects.filter(state=State.WAITING)
    assert (column(world, "PRICE"), Kind.UP) in {(row.column, row.kind) for row in waiting}
    count = visitor(world.admin).get(f"/lists/{world.list.pk}/count/", {"q": "abc"})
    assert (count.status_code, count.content.decode()) == (200, "слишком много, чтобы сосчитать")


def test_a_count_that_takes_too_long_costs_the_number_alone(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.keep_indexes()
    index_use.forget()
    monkeypatch.setattr(patience, "count_of", lambda grid, state: None)
    monkeypatch.setattr("lists_core.grid.page.count_of", patience.count_of)
    page = grid_page(world, sort="PRICE")
    assert "50+" in page


def test_the_database_itself_ends_what_is_slow(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real time-out, in the grid of a large list and at the limit of the connection."""
    keeper.keep_indexes()
    index_use.forget()
    nap = "lists_core.grid.patience.bounded"
    monkeypatch.setattr(nap, lambda *_args: sleep())
    monkeypatch.setattr(patience, "WALK_MS", 20)
    assert "sv-grid-table" in grid_page(world, sort="PRICE")  # scanned instead of walked
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '20ms'")
        try:
            with pytest.raises(patience.TooSlow):
                patience._or_too_slow(sleep)
        finally:
            cursor.execute("RESET statement_timeout")


def sleep() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")


def test_the_grid_of_a_large_list_reads_no_more_than_that_of_a_small_one(world: Any) -> None:
    client = visitor(world.admin)
    params = {"sort": "PRICE", "q": "abc"}

    def cost() -> int:
        client.get(f"/lists/{world.list.pk}/", params)
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/lists/{world.list.pk}/", params)
        limits = ("BEGIN", "ROLLBACK", "SAVEPOINT", "set_config")
        return len([one for one in seen if not any(word in one["sql"] for word in limits)])

    small = cost()
    keeper.keep_indexes()
    index_use.forget()
    assert index_use.size_of(world.list.pk) == ROWS
    assert cost() == small


def test_the_page_shows_and_changes_them_for_who_has_full_access(world: Any) -> None:
    url = f"/lists/{world.list.pk}/indexes/"
    client = visitor(world.admin)
    assert client.post(url, {"want": "name:letters"}).status_code == 302
    row = ListIndex.objects.get()
    assert "Строится" not in client.get(url).content.decode()
    keeper.keep_indexes()
    page = client.get(url).content.decode()
    assert "Поиск по части текста" in page
    assert f"list_{world.list.pk}_readers" in page
    assert "Готов" in page
    own = f"{url}{row.pk}/"
    for deed, keep in (("unpin", "auto"), ("pin", "pinned"), ("drop", "barred"), ("build", "auto")):
        assert client.post(own, {"deed": deed}).status_code == 302
        row.refresh_from_db()
        assert row.keep == keep
    assert client.post(own, {"deed": "explode"}).status_code == 404
    for wrong in ("", "name", "id:up", "name:items", "deleted_at:up", "f1; DROP:up"):
        assert client.post(url, {"want": wrong}).status_code == 302
    assert ListIndex.objects.filter(column="name").count() == 1
    reader = Employee.objects.create_user("reader", "reader@svod.example", "x")
    for answer in (visitor(reader).get(url), visitor(reader).post(own, {"deed": "drop"})):
        assert answer.status_code == 403
    elsewhere = create_list(actor=world.admin, name="Другой")
    strange = f"/lists/{elsewhere.pk}/indexes/{row.pk}/"
    assert client.post(strange, {"deed": "drop"}).status_code == 404


def test_pickers_over_a_large_list_read_its_index_of_names(world: Any) -> None:
    keeper.keep_indexes()
    index_use.forget()
    client, url = visitor(world.admin), f"/lists/{world.list.pk}/suggest/"
    typed = world.first.name[:6]
    wanted = client.get(url, {"q": typed}).json()["results"]
    assert (wanted[0]["value"], wanted[0]["text"]) == (world.first.pk, world.first.name)
    keeper.keep_indexes()
    built = set(ListIndex.objects.filter(column="name").values_list("kind", flat=True))
    assert built == {Kind.UP, Kind.LETTERS}
    for asked in ({}, {"q": typed}):
        with CaptureQueriesContext(connection) as seen:
            client.get(url, asked)
        first = next(one["sql"] for one in seen if f'FROM "list_{world.list.pk}"' in one["sql"])
        assert f"list_{world.list.pk}_name_up" in explained(first)
        assert "Sort" not in explained(first)


def explained(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_a_picker_says_when_it_finds_nothing_in_time(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = visitor(world.admin), f"/lists/{world.list.pk}/suggest/"
    whole = client.get(url, {"q": "a"}).json()
    assert len(whole["results"]) == suggest.SUGGESTED
    monkeypatch.setattr(suggest, "in_time", lambda read, milliseconds: read() and None)
    assert client.get(url, {"q": "a"}).json() == whole  # what was found until then
    monkeypatch.setattr(suggest, "in_time", lambda read, milliseconds: None)
    told = "Поиск идёт слишком долго: введите больше букв."
    assert client.get(url, {"q": "a"}).json() == {"results": [], "told": told}


@pytest.mark.parametrize("sort", ["LINK", "-LINK"])
def test_pages_by_title_go_on_where_they_ended(
    world: Any, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """By a walk through the titles that begins there: nothing is joined, and nothing is lost."""
    keeper.keep_indexes()
    index_use.forget()
    monkeypatch.setattr(patience, "FEW", 0)
    monkeypatch.setattr(ByTitle, "sorted", None)
    url, query, got = f"/lists/{world.list.pk}/data/", f"?sort={sort}&size=100&columns=NAME", []
    for _turn in range(4):
        page = visitor(world.admin).get(url + query).json()
        got += [row["id"] for row in page["elements"]]
        query = page["next"]
    whole = open_grid(world.admin, world.list.pk, {"sort": sort}).found
    assert got == list(whole.values_list("pk", flat=True)[:400])
