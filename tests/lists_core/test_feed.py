"""The feed of a list: what happened, to whom it shows, pages, filters, news, cost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lists_core.access import ALL, Right
from lists_core.models import Comment, Element, ElementVersion, List, ListWatch
from lists_core.schema.cache import schema_of
from lists_core.selectors import feed as feed_module
from lists_core.selectors.feed import Asked, Cursor, Feed, feed_of
from lists_core.services import imports
from lists_core.services.comments import add_comment
from lists_core.services.elements import delete_elements, update_element
from lists_core.services.rights import set_element_rights, set_list_rights
from lists_core.services.sections import create_section
from staff.models import Employee
from staff.subjects import Subject
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def write(world: World, row: Any, *, by: Employee | None = None, **values: Any) -> Any:
    version = world.row(row.pk).version
    return update_element(
        world.list.pk, row.pk, values, version=version, actor=by or world.petr
    )  # fmt: skip


def feed(world: World, actor: Employee | None = None, **asked: Any) -> Feed:
    """`late` also looks for what committed late: to a test that is one transaction all does."""
    world.list.refresh_from_db()
    if asked.get("after") and not asked.pop("late", False):
        asked["after"] = replace(asked["after"], running=0)
    kinds = frozenset(asked.pop("kinds", ()))
    sides = {name: asked.pop(name) for name in ("before", "after", "size") if name in asked}
    return feed_of(world.list, Asked(kinds, **asked), actor=actor or world.anna, **sides)


def told(found: Feed) -> list[tuple[str, str]]:
    return [(str(one.kind), one.name) for one in found.entries]


def test_everything_that_happened_newest_first(world: World) -> None:
    section = create_section(world.list.pk, actor=world.anna, name="Хвойные")
    row = world.add("Ель", PRICE=1)
    write(world, row, PRICE=2, NOTE="ново")
    write(world, row, SECTION=section.pk)
    add_comment(world.list.pk, row.pk, "Смотрите <b>", actor=world.petr)
    gone = world.add("Сосна")
    delete_elements(world.list.pk, [gone.pk], actor=world.petr)
    found = feed(world)
    assert told(found) == [
        ("удалён элемент", "Сосна"),
        ("создан элемент", "Сосна"),
        ("комментарий к элементу", "Ель"),
        ("перемещён элемент", "Ель"),
        ("изменён элемент", "Ель"),
        ("создан элемент", "Ель"),
    ]
    assert (found.entries[0].url, str(found.entries[0].by)) == ("", str(world.petr))
    assert "&lt;b&gt;" in found.entries[2].said
    assert "Хвойные" in found.entries[3].changes[0].new
    assert [change.name for change in found.entries[4].changes] == ["Price", "Note"]
    assert found.before == ""


def test_filters(world: World) -> None:
    section = create_section(world.list.pk, actor=world.anna, name="Хвойные")
    row = world.add("Ель", PRICE=1)
    write(world, row, PRICE=2, SECTION=section.pk)
    write(world, row, SECTION=None)
    add_comment(world.list.pk, row.pk, "Да", actor=world.anna)
    kinds = {"created": 1, "changed": 1, "moved": 2, "deleted": 0, "comment": 1}
    assert {kind: len(feed(world, kinds=[kind]).entries) for kind in kinds} == kinds
    assert len(feed(world, kinds=["created", "comment"]).entries) == 2
    assert len(feed(world, who=world.petr.pk).entries) == 2
    today = timezone.localdate()
    ElementVersion.objects.filter(kind="created").update(at=timezone.now() - timedelta(days=3))
    assert len(feed(world, since=today).entries) == 3
    assert len(feed(world, until=today - timedelta(days=2)).entries) == 1


def test_pages_join_both_streams(world: World) -> None:
    row = world.add("Ель")
    for number in range(5):
        write(world, row, PRICE=number)
        add_comment(world.list.pk, row.pk, f"слово {number}", actor=world.anna)
    whole = [one.key for one in feed(world).entries]
    keys: list[str] = []
    before: Cursor | None = None
    while True:
        page = feed(world, before=before, size=3)
        keys += [one.key for one in page.entries]
        if not page.before:
            break
        before = Cursor.read(page.before)
    assert keys == whole
    newest = Cursor.read(page.newest) and Cursor.read(feed(world).newest)
    assert feed(world, after=newest).entries == []
    write(world, row, PRICE=77)
    assert len(feed(world, after=newest).entries) == 1
    assert Cursor.read("12-x") is None


def test_no_entry_is_lost_between_pages_whatever_the_clocks_say(world: World) -> None:
    """Times stand in another order than ids, and many are the same; both ways."""
    row = world.add("Ель")
    for number in range(4):
        write(world, row, PRICE=number)
        add_comment(world.list.pk, row.pk, f"слово {number}", actor=world.anna)
    noon = timezone.now()
    minutes = [3, 0, 5, 5, 1, 4, 2]
    versions, comments = ElementVersion.objects.order_by("pk"), Comment.objects.order_by("pk")
    for place, version in enumerate(versions):
        at = noon + timedelta(minutes=minutes[place])
        ElementVersion.objects.filter(pk=version.pk).update(at=at)
    for place, comment in enumerate(comments):
        at = noon + timedelta(minutes=minutes[-place])
        Comment.objects.filter(pk=comment.pk).update(created_at=at)
    every = {f"v{one.pk}" for one in versions} | {f"c{one.pk}" for one in comments}
    for side in ("before", "after"):
        assert walked(world, side, 3) == sorted(every), side


def test_it_looks_back_beyond_what_imports_are_writing() -> None:
    assert feed_module.LOOK_BACK >= 4 * imports.BATCH


@pytest.mark.django_db(transaction=True)
def test_a_write_that_commits_late_is_not_missed() -> None:
    """Its id is lower than what was shown when it had not been committed yet."""
    world = make_world()
    row = world.add("Ель", PRICE=1)
    columns = [one.column for one in ElementVersion._meta.concrete_fields if not one.primary_key]
    names = ", ".join(f'"{name}"' for name in columns)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            table = ElementVersion._meta.db_table
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} RETURNING id"
            )
            late = cursor.fetchone()[0]
            write(world, row, PRICE=2)
            before = feed(world)
            assert (late in ids(before), max(ids(before)) > late) == (False, True)
            again = feed(world, after=Cursor.read(before.newest), late=True)
            assert ids(before)[0] in ids(again)
            assert set(ids(again)) <= set(ids(before))  # the page knows them
            cursor.execute("COMMIT")
        came = feed(world, after=Cursor.read(before.newest), late=True)
        assert late in ids(came)
        last = feed(world, after=Cursor.read(came.newest), late=True)
        # Tests beside this one have transactions too, so some may be told once more.
        assert set(ids(last)) <= {*ids(came), *ids(before)}
    finally:
        other.close()


def ids(found: Feed) -> list[int]:
    return [int(one.key[1:]) for one in found.entries]


def walked(world: World, side: str, size: int) -> list[str]:
    """The keys of all pages one after another, from the newest down or from the oldest up."""
    keys: list[str] = []
    cursor = Cursor(0, 0) if side == "after" else None
    while True:
        page = feed(world, **{side: cursor, "size": size})
        keys += [one.key for one in page.entries]
        following = page.newest if side == "after" else page.before
        if not page.entries or not following:
            return sorted(keys)
        cursor = Cursor.read(following)


def viewer(world: World, row: Any) -> Employee:
    """Somebody who may look at one element alone."""
    person = Employee.objects.create_user("vera", "vera@svod.example", "x", last_name="Вера")
    rights = {Subject("U", world.anna.pk): ALL}
    set_list_rights(world.list.pk, rights, actor=world.anna)
    given = {Subject("U", person.pk): frozenset({Right.VIEW})}
    set_element_rights(world.list.pk, row.pk, given, actor=world.anna, restricted=False)
    return person


def test_what_a_person_may_not_see_is_not_there(world: World) -> None:
    shown, other = world.add("Ель"), world.add("Тайна")
    hidden = world.field("string", "HIDDEN")
    write(world, shown, by=world.anna, HIDDEN="секрет")
    write(world, shown, by=world.anna, HIDDEN="секрет 2", PRICE=5)
    write(world, other, by=world.anna, PRICE=9)
    add_comment(world.list.pk, other.pk, "о тайне", actor=world.anna)
    vera = viewer(world, shown)
    type(hidden).objects.filter(pk=hidden.pk).update(view_restricted=True)
    List.objects.filter(pk=world.list.pk).update(schema_version=world.list.schema_version + 5)
    found = feed(world, vera)
    assert told(found) == [("изменён элемент", "Ель"), ("создан элемент", "Ель")]
    assert [change.name for change in found.entries[0].changes] == ["Price"]
    delete_elements(world.list.pk, [shown.pk], actor=world.anna)
    assert feed(world, vera).entries == []  # who may not look into the bin knows nothing of it
    assert told(feed(world))[0] == ("удалён элемент", "Ель")


def test_a_fixed_number_of_queries(world: World) -> None:
    world.field("employee", "OWNER")

    def cost() -> int:
        schema_of(world.list)
        with CaptureQueriesContext(connection) as caught:
            feed(world, world.petr)
        return len(caught)

    write(world, world.add("Ель"), OWNER=world.anna.pk, PRICE=1)
    add_comment(world.list.pk, Element.objects.latest("pk").pk, "раз", actor=world.anna)
    few = cost()
    for number in range(6):
        row = world.add(f"Дуб {number}")
        write(world, row, OWNER=world.petr.pk, PRICE=number, NOTE="x")
        add_comment(world.list.pk, row.pk, "два", actor=world.petr)
    assert cost() == few


def test_the_page(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1)
    address = world.url("list_feed")
    assert address in text(client.get(world.list.get_absolute_url()))
    page = text(client.get(address))
    assert '</a>:</span> <span class="sv-history-kind">создан элемент</span> <q>' in page
    assert ListWatch.objects.filter(list=world.list, employee=world.anna).exists()
    newest = re.search(r'data-newest="(\d+-\d+)-\d+"', page)
    assert newest
    write(world, row, PRICE=2)
    news = client.get(address, {"after": newest[1]}, headers=HTMX)
    assert text(news).count("data-key") == 1
    assert "<svod-feed" not in text(news)
    filtered = text(client.get(address, {"kind": "deleted"}, headers=HTMX))
    assert "data-key" not in filtered
    wrong = client.get(address, {"since": "2026-02-02", "until": "2026-01-01"})
    assert wrong.status_code == 422
    days = [{"until": "9999-12-31"}, {"since": "0001-01-01"}, {"since": "вчера"}]
    for asked in ({"kind": "never"}, {"who": "x"}, *days):
        assert client.get(address, asked, headers=HTMX).status_code == 422
    for asked in ({"before": "x"}, {"after": "1-"}, {"before": "9" * 40}):
        assert client.get(address, asked).status_code == 200


def test_a_feed_that_is_too_slow_says_so_once(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The live events ask for what is newer, and each of them would add the sentence."""
    monkeypatch.setattr(feed_module, "in_time", lambda *_args: None)
    url = world.url("list_feed")
    assert client.get(url, headers=HTMX).status_code == 422
    assert "sv-feed-entry" in text(client.get(f"{url}?before=9-9-0", headers=HTMX))
    assert text(client.get(f"{url}?after=1-1-0", headers=HTMX)) == ""
