"""Indexes that make themselves: decided by use, built, used by the planner, mended, dropped."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lists_core.filters.tree import parse_filter
from lists_core.models import Field, List, ListIndex
from lists_core.schema import indexes
from lists_core.schema.cache import schema_of
from lists_core.schema.indexes import Want
from lists_core.selectors.elements import ElementQuery, found
from lists_core.selectors.index_wants import choosable, wants_of
from lists_core.services import fields, index_use
from lists_core.services import indexes as keeper
from lists_core.services.lists import create_list
from lists_core.services.type_changes import Target, change_type, confirm_type_change
from staff.models import Employee
from tests.lists_core.index_world import ROWS, column, low_line, world

__all__ = ["low_line", "world"]
Kind, State, Keep = ListIndex.Kind, ListIndex.State, ListIndex.Keep
pytestmark = pytest.mark.django_db(transaction=True)


def query(world: Any, *conditions: Any, sort: Any = (), search: str = "") -> ElementQuery:
    asked = [dict(zip(("field", "op", "value"), one, strict=True)) for one in conditions]
    tree = parse_filter(json.dumps({"and": asked}), world.schema)
    return ElementQuery(filter=tree, sort=sort, search=search)


def wanted(world: Any, asked: ElementQuery) -> set[Want]:
    rows = found(world.schema, asked, actor=world.admin)
    with CaptureQueriesContext(connection) as seen:
        wants = wants_of(world.schema, rows, asked.sort)
    assert len(seen) == 0
    return wants


def plan(world: Any, asked: ElementQuery) -> str:
    rows = found(world.schema, asked, actor=world.admin).values_list("pk", flat=True)[:20]
    # So few rows a scan reads as quickly; the question here is whether the index fits.
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            return str(rows.explain())
        finally:
            cursor.execute("RESET enable_seqscan")


def built(world: Any) -> set[tuple[str, str]]:
    names = {name for name, valid in indexes.own_indexes(world.list.pk).items() if valid}
    rows = ListIndex.objects.filter(list=world.list)
    return {(row.column, row.kind) for row in rows if row.name in names}


QUESTIONS: dict[str, Any] = {
    "filter": (lambda w: query(w, ("PRICE", "eq", "7")), "PRICE", Kind.UP),
    "up": (lambda w: query(w, sort=[("PRICE", False)]), "PRICE", Kind.UP),
    "down": (lambda w: query(w, sort=[("PRICE", True)]), "PRICE", Kind.DOWN),
    "text up": (lambda w: query(w, sort=[("TEXT", False)]), "TEXT", Kind.UP),
    "text down": (lambda w: query(w, sort=[("NAME", True)]), "NAME", Kind.DOWN),
    "substring": (lambda w: query(w, ("TEXT", "contains", w.first.name[3:20])), "TEXT",
                  Kind.LETTERS),
    "start": (lambda w: query(w, ("NAME", "starts", w.first.name[:9])), "NAME", Kind.LETTERS),
    "array": (lambda w: query(w, ("LINKS", "any_of", str(w.first.pk))), "LINKS", Kind.ITEMS),
    "link": (lambda w: query(w, ("LINK", "any_of", str(w.first.pk))), "LINK", Kind.UP),
}  # fmt: skip


def test_what_pages_ask_is_built_and_used_by_the_planner(world: Any) -> None:
    """The grid notes without a query, the keeper builds, EXPLAIN names each index."""
    for ask, code, kind in QUESTIONS.values():
        want = Want(column(world, code), kind)
        assert wanted(world, ask(world)) == {want}
        with CaptureQueriesContext(connection) as seen:
            index_use.note(world.list.pk, [want])
        assert len(seen) == 0
    assert keeper.keep_indexes() == 8
    for name, (ask, code, kind) in QUESTIONS.items():
        index = f"list_{world.list.pk}_{column(world, code)}_{kind}"
        if name == "filter":  # from either end
            index = index.removesuffix(kind)
        text = plan(world, ask(world))
        assert index in text, (name, text)
        if "up" in name or "down" in name:
            assert "Sort" not in text, (name, text)
    assert keeper.keep_indexes() == 0


def test_search_over_all_fields_is_read_from_indexes(world: Any) -> None:
    asked = query(world, search=world.first.name[2:22])
    wants = wanted(world, asked)
    assert {want.kind for want in wants} >= {Kind.LETTERS}
    index_use.note(world.list.pk, wants)
    keeper.keep_indexes()
    assert "Seq Scan" not in plan(world, asked)


def test_small_lists_get_none_and_links_of_large_ones_get_theirs(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LARGE", ROWS * 2)
    index_use.note(world.list.pk, [Want(column(world, "PRICE"), Kind.UP)])
    assert keeper.keep_indexes() == 0
    assert not ListIndex.objects.exists()
    monkeypatch.setattr(keeper, "LARGE", ROWS // 2)
    keeper.keep_indexes()
    own = {(column(world, "LINK"), Kind.UP), (column(world, "LINKS"), Kind.ITEMS)}
    assert built(world) == own | {(column(world, "PRICE"), Kind.UP)}


def test_a_killed_build_is_mended(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after SIGKILL: the row says "being built", an invalid index stands in the way."""
    row = keeper.ask_for_index(world.list.pk, Want("name", Kind.LETTERS), actor=world.admin)
    indexes.build(world.schema, row)
    ListIndex.objects.update(state=State.BUILDING)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [row.name]
        )
    assert indexes.own_indexes() == {row.name: False}
    keeper.keep_indexes()
    assert ("name", Kind.LETTERS) in built(world)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.READY, 0)
    monkeypatch.setattr(keeper, "ATTEMPTS", 1)
    monkeypatch.setattr(indexes, "build", refuse)
    keeper.ask_for_index(world.list.pk, Want("name", Kind.UP), actor=world.admin)
    keeper.keep_indexes()
    failed = ListIndex.objects.get(kind=Kind.UP, column="name")
    assert (failed.state, failed.error) == (State.FAILED, "no room on the disk")


def refuse(*_args: Any, **_more: Any) -> None:
    raise OperationalError("no room on the disk")


def test_a_build_gives_way_to_a_change_of_the_list(world: Any) -> None:
    """A writer keeps the build waiting; a new field ends the build and is made at once."""
    import threading

    row = keeper.ask_for_index(world.list.pk, Want("name", Kind.UP), actor=world.admin)
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"UPDATE list_{world.list.pk} SET version = 2 WHERE id = {world.first.pk}")

    def work() -> None:
        keeper.keep_indexes()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    wait = threading.Event()
    while indexes.progress(world.list.pk) is None and thread.is_alive():
        wait.wait(0.02)
    indexes.give_way(world.list.pk)
    other.close()  # rolls the writer back
    thread.join()
    row.refresh_from_db()
    if row.state == State.WAITING:
        assert (row.attempts, row.error) == (0, "")
        ListIndex.objects.update(retry_at=timezone.now())
        keeper.keep_indexes()
    assert ("name", Kind.UP) in built(world)
    assert all(indexes.own_indexes().values())


def ended(monkeypatch: pytest.MonkeyPatch, error: Exception, sqlstate: str = "") -> None:
    """Every build from now on ends so."""
    cause = Exception(sqlstate)
    cause.sqlstate = sqlstate  # type: ignore[attr-defined]
    error.__cause__ = cause

    def build(*_args: Any, **_more: Any) -> None:
        raise error

    monkeypatch.setattr(indexes, "build", build)


#: Why a build ended, after which share of its time → tries counted, minutes until the next.
ENDINGS: dict[str, Any] = {
    "gave way": ("57014", 0.5, 0, 1),
    "its own limit": ("57014", 0.97, 1, 1),
    "somebody's long transaction": ("55P03", 0.01, 0, 15),
    "no room": ("53100", 0.01, 1, 1),
}


@pytest.mark.parametrize(("sqlstate", "share", "counted", "minutes"), ENDINGS.values(), ids=ENDINGS)
def test_why_a_build_ended(
    monkeypatch: pytest.MonkeyPatch, sqlstate: str, share: float, counted: int, minutes: int
) -> None:
    """A limit of its own that counted as giving way would begin anew for ever."""
    list_ = create_list(
        actor=Employee.objects.create_superuser("admin", "admin@svod.example", "x"), name="Детали"
    )
    row = ListIndex.objects.create(list=list_, column="name", kind=Kind.UP)
    ended(monkeypatch, OperationalError("ended"), sqlstate)
    took = iter([0.0, share * indexes.LONGEST_S])
    monkeypatch.setattr(keeper, "monotonic", lambda: next(took))
    assert not keeper._build(row, indexes.LONGEST_S)
    row.refresh_from_db()
    wait = row.retry_at - timezone.now()
    assert (row.state, row.attempts) == (State.WAITING, counted)
    assert minutes - 0.5 < wait.total_seconds() / 60 <= minutes


def test_a_build_gets_what_is_left_of_the_task(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    now = iter([0.0, 19.0 * 60, 49.0 * 60])
    monkeypatch.setattr(keeper, "monotonic", lambda: next(now))
    given = [keeper._seconds_left(0.0) for _time in range(2)]
    assert given == [indexes.LONGEST_S, 27 * 60]
    assert given[1] + 19 * 60 + keeper.SPARE_S == settings.CELERY_TASK_SOFT_TIME_LIMIT


def test_the_end_of_the_task_ends_the_build(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = keeper.ask_for_index(world.list.pk, Want("name", Kind.UP), actor=world.admin)
    seen: list[int] = []
    monkeypatch.setattr(indexes, "give_way", seen.append)
    ended(monkeypatch, SoftTimeLimitExceeded())
    now = iter(range(0, 10**6, 10 * 60))
    monkeypatch.setattr(keeper, "monotonic", lambda: next(now))
    assert keeper.keep_indexes() == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, seen) == (State.WAITING, 1, [world.list.pk])


def test_one_keeper_at_a_time(world: Any) -> None:
    index_use.note(world.list.pk, [Want("name", Kind.UP)])
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [keeper.KEEPER])
        assert keeper.keep_indexes() == 0
    other.close()
    assert not ListIndex.objects.exists()


def test_unused_and_unwanted_ones_go_and_pinned_ones_stay(world: Any) -> None:
    wants = [Want("name", Kind.UP), Want("name", Kind.DOWN), Want("name", Kind.LETTERS)]
    keeper.want_indexes(world.schema, wants)
    keeper.keep_indexes()
    old = timezone.now() - keeper.UNUSED - timedelta(days=1)
    ListIndex.objects.filter(column="name").update(asked_at=old)
    ListIndex.objects.filter(column="name", kind=Kind.DOWN).update(keep=Keep.PINNED)
    letters = ListIndex.objects.get(column="name", kind=Kind.LETTERS)
    keeper.change_index(world.list.pk, letters.pk, "drop", actor=world.admin)
    keeper.keep_indexes()
    assert {one for one in built(world) if one[0] == "name"} == {("name", Kind.DOWN)}
    letters.refresh_from_db()
    assert (letters.keep, letters.state) == (Keep.BARRED, State.WAITING)
    index_use.note(world.list.pk, [Want("name", Kind.LETTERS)])
    keeper.keep_indexes()
    assert ("name", Kind.LETTERS) not in built(world)


def test_they_follow_the_life_of_their_field(world: Any) -> None:
    """Bin, restoring, another type and removal for good leave no index without its field."""
    price = Field.objects.get(code="PRICE")
    want = Want(price.column, Kind.UP)
    keeper.ask_for_index(world.list.pk, want, actor=world.admin)
    keeper.keep_indexes()
    assert tuple(want) in built(world)
    fields.delete_field(price.pk, actor=world.admin)
    keeper.keep_indexes()
    assert tuple(want) not in built(world)
    fields.restore_field(price.pk, actor=world.admin)
    keeper.keep_indexes()
    assert tuple(want) in built(world)  # the administrator's choice came back with the field
    change = change_type(price.pk, Target("string", multiple=False, settings={}), actor=world.admin)
    keeper.keep_indexes()
    assert not ListIndex.objects.filter(column=want.column).exists()
    confirm_type_change(world.list.pk, change.pk, actor=world.admin)
    price.refresh_from_db()
    keeper.ask_for_index(world.list.pk, Want(price.column, Kind.LETTERS), actor=world.admin)
    keeper.keep_indexes()
    assert (price.column, Kind.LETTERS) in built(world)
    fields.delete_field(price.pk, actor=world.admin)
    fields.purge_field(price.pk, actor=world.admin)
    assert not [name for name in indexes.own_indexes() if price.column in name]
    keeper.keep_indexes()
    assert not ListIndex.objects.filter(column=price.column).exists()


def test_a_long_text_never_breaks_an_index_of_its_order(world: Any) -> None:
    for kind in Kind.values:
        want = Want(column(world, "TEXT"), kind)
        if indexes.is_possible(world.schema, want):
            keeper.ask_for_index(world.list.pk, want, actor=world.admin)
    keeper.keep_indexes()
    row = world.first
    setattr(row, column(world, "TEXT"), "".join(map(chr, range(0x4E00, 0x4E00 + 20_000))))
    row.save()


def test_every_index_that_can_be_chosen_can_be_built(world: Any) -> None:
    """One field of every type, once and repeated: each offered kind stands in the end."""
    from lists_core.field_types.base import field_types

    for kind in field_types:
        if kind.offered and kind.slug not in {"element", "section", "employee"}:
            fields.create_field(world.list.pk, kind.slug, actor=world.admin, name=kind.slug)
    schema = schema_of(List.objects.get(pk=world.list.pk))
    wants = choosable(schema)
    keeper.want_indexes(schema, wants)
    keeper.keep_indexes()
    failed = ListIndex.objects.exclude(state=State.READY)
    assert not [(row.name, row.error) for row in failed]
    assert len(wants) > 25
