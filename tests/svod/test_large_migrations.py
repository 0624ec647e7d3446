"""Migrations that rewrite what grows: small transactions, and safe to be killed anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from lists_core.models import Element, ElementVersion
from svod.base import migrating
from tests.lists_core.element_world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
BATCH = 2


class Killed(Exception):
    pass


class Step:
    """One migration of lists_core, taken back and applied again over what the test made."""

    def __init__(self, before: str, name: str) -> None:
        loader = MigrationLoader(connection)
        self.before = loader.project_state(("lists_core", before))
        self.migration = loader.get_migration("lists_core", name)

    def back(self) -> None:
        with connection.schema_editor(atomic=self.migration.atomic) as editor:
            self.migration.unapply(self.before.clone(), editor)

    def forth(self) -> None:
        with connection.schema_editor(atomic=self.migration.atomic) as editor:
            self.migration.apply(self.before.clone(), editor)


@contextmanager
def watched(table: str, dies_at: int = 0) -> Iterator[list[int]]:
    """How many rows each UPDATE of the table wrote, none of them inside a longer transaction."""
    seen: list[int] = []

    def watch(execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
        if f"UPDATE {table}" not in str(sql) or "FUNCTION" in str(sql):
            return execute(sql, params, many, context)
        if len(seen) + 1 == dies_at:
            raise Killed
        assert not connection.in_atomic_block
        done = execute(sql, params, many, context)
        seen.append(context["cursor"].rowcount)
        return done

    with connection.execute_wrapper(watch):
        yield seen


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(migrating, "BATCH", BATCH)
    made = make_world()
    for number in range(7):
        made.add(f"Ель {number}")
    return made


def break_index(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [name]
        )


def is_valid(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(migrating.STATE, [name])
        return bool(cursor.fetchone()[0])


def test_the_history_learns_its_lists_bit_by_bit(world: World) -> None:
    step = Step("0011_bulk_lines", "0012_history")
    step.back()
    with pytest.raises(Killed), watched("lists_core_elementversion", dies_at=3):
        step.forth()
    assert ElementVersion.objects.filter(list=world.list).count() == 2 * BATCH
    with watched("lists_core_elementversion") as seen:
        step.forth()
    assert max(seen) <= BATCH
    assert set(ElementVersion.objects.values_list("list", flat=True)) == {world.list.pk}
    ElementVersion.objects.update(list=None)  # written meanwhile by older code
    break_index("element_version_feed")
    step.forth()
    assert is_valid("element_version_feed")
    assert not ElementVersion.objects.filter(list=None).exists()


def test_a_write_goes_on_while_the_history_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has its row of the registry and wants one of the history, whose table must be free."""
    step = Step("0011_bulk_lines", "0012_history")
    step.back()
    other = connection.copy()
    element = "INSERT INTO element (list_id, restricted) VALUES (%s, false) RETURNING id"
    version = (
        "INSERT INTO lists_core_elementversion (element_id, version, kind, at, changes)"
        " VALUES (%s, 1, 'created', now(), '{}')"
    )
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(element, [world.list.pk])
        made = cursor.fetchone()[0]

        def go_on(_seconds: float) -> None:
            cursor.execute("SET lock_timeout = '1s'")
            cursor.execute(version, [made])
            cursor.execute("COMMIT")

        monkeypatch.setattr(migrating, "LOCK_TIMEOUT_MS", 10)
        monkeypatch.setattr(migrating, "sleep", go_on)
        step.forth()
    other.close()
    assert ElementVersion.objects.get(element=made).list_id == world.list.pk


@pytest.fixture
def functions() -> Iterator[None]:
    """A step back and forth leaves triggers as that migration made them: those of now return."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(pg_proc.oid) FROM pg_proc JOIN pg_language"
            " ON pg_language.oid = prolang WHERE lanname = 'plpgsql' AND prokind = 'f'"
            " AND pronamespace = current_schema()::regnamespace"
        )
        definitions = [text for (text,) in cursor.fetchall()]
    yield
    with connection.cursor() as cursor:
        for text in definitions:
            cursor.execute(text)


@pytest.mark.usefixtures("functions")
def test_the_registry_learns_its_authors_bit_by_bit(world: World) -> None:
    def known() -> set[Any]:
        return set(Element.objects.values_list("author", "section", "restricted"))

    before = known()
    assert len(before) == 1
    step = Step("0005_comments", "0006_element_registry")
    step.back()
    with pytest.raises(Killed), watched("element", dies_at=3):
        step.forth()
    with watched("element") as seen:
        step.forth()
    assert max(seen) <= BATCH
    assert known() == before
    assert is_valid("element_author")
    row = world.add("После")
    assert Element.objects.filter(pk=row.pk, author=row.created_by).exists()


def test_a_lock_is_waited_for_in_short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the one who reads the table has gone, or it is given up with nothing changed."""
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT_MS", 10)
    monkeypatch.setattr(migrating, "ATTEMPTS", 3)
    turns: list[float] = []
    other = connection.copy()
    state = ProjectState()
    step = migrating.Locked({"element": "ACCESS EXCLUSIVE"})

    def turn(pause: float) -> None:
        turns.append(pause)
        if len(turns) == 3:
            other.cursor().execute("ROLLBACK")  # the reader goes

    monkeypatch.setattr(migrating, "sleep", turn)
    other.cursor().execute("BEGIN; SELECT 1 FROM element")
    with pytest.raises(OperationalError), connection.schema_editor() as editor:
        step.database_forwards("lists_core", editor, state, state)
    assert len(turns) == 2
    with connection.schema_editor() as editor:
        step.database_forwards("lists_core", editor, state, state)
    assert len(turns) == 3
    other.close()
