"""Plant each leak of planted.py in the running program and see which test turns red.

    .venv/bin/python -m pytest tests/access/plant_leaks.py -n0 -q -s

Not a part of CI, which only checks that each can still be planted. The file's changed text is
compiled and its functions get the new code, wherever they were imported to; afterwards the old.
Prints rows for docs/access-tests.md; a leak that nothing catches fails.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from django.db import connection, transaction

from lists_core.access.granted import who
from lists_core.schema.cache import forget_schemas
from tests.access import test_staleness
from tests.access.attack_world import World
from tests.access.look import differences
from tests.access.planted import ELSEWHERE, PLANTED, REGISTRY
from tests.access.small_world import small_world
from tests.access.worlds import Prepared, build, prepare

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(0)]


@contextmanager
def planted(file: str, old: str, new: str) -> Iterator[None]:
    text = (ROOT / file).read_text()
    assert old in text
    if file == REGISTRY:
        with in_the_database(old, new):
            yield
        return
    codes = dict(_codes(compile(text.replace(old, new), file, "exec")))
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    own = [
        thing
        for thing in gc.get_objects()
        if type(thing) is FunctionType  # asking a lazy object what it is would wake it
        # By its code: a decorator's function carries the name of what it decorates.
        and thing.__code__.co_filename == module.__file__
        and thing.__code__.co_qualname in codes
    ]
    before = [(function, function.__code__) for function in own]
    try:
        for function in own:
            function.__code__ = codes[function.__code__.co_qualname]
        yield
    finally:
        for function, code in before:
            function.__code__ = code
        vars(who).clear()
        forget_schemas()


@contextmanager
def in_the_database(old: str, new: str) -> Iterator[None]:
    """The functions of the registry's triggers, with the leak."""
    names = ["element_made", "element_followed"]
    with connection.cursor() as cursor:
        asked = "SELECT pg_get_functiondef(to_regproc(name)) FROM unnest(%s::text[]) AS name"
        cursor.execute(asked, [names])
        texts = [text for (text,) in cursor.fetchall() if old in text]
        assert texts
        for text in texts:
            cursor.execute(text.replace(old, new))
        try:
            yield
        finally:
            for text in texts:
                cursor.execute(text)


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner.co_qualname, inner
            yield from _codes(inner)


@pytest.fixture
def prepared(db: None, tmp_path: Path, settings: Any) -> Prepared:
    settings.MEDIA_ROOT = tmp_path
    return prepare()


def first_difference(prepared: Prepared) -> str:
    """The first adapter that tells in the small world; "" when all are silent."""
    with transaction.atomic():
        built = build(small_world(), prepared)
        for adapter in test_staleness.EVERY:
            if differences(built, built.world.people, [adapter]):
                transaction.set_rollback(True)
                return f"test_everything_in_the_small_world ({adapter.__name__})"
        transaction.set_rollback(True)
    return ""


def elsewhere(prepared: Prepared, name: str) -> str:
    """The test that is about this leak alone."""
    module, test, more = ELSEWHERE[name]
    home = importlib.import_module(f"tests.access.{module}")
    red = ""
    with transaction.atomic():
        if home is test_staleness:
            given = {"prepared": prepared}
        else:
            given = {"world": getattr(home, "Linked", World)()}
        try:
            getattr(home, test)(**given, **more)
        except AssertionError:
            red = test
        transaction.set_rollback(True)
    return red


def test_nothing_is_planted(prepared: Prepared) -> None:
    assert not first_difference(prepared)
    for name in ELSEWHERE:
        assert not elsewhere(prepared, name), name


@pytest.mark.parametrize("leak", PLANTED, ids=lambda leak: leak[0])
def test_it_is_caught(prepared: Prepared, leak: tuple[str, str, str, str]) -> None:
    name, *change = leak
    with planted(*change):
        red = elsewhere(prepared, name) if name in ELSEWHERE else first_difference(prepared)
    print(f"\n| {name} | {red or 'NOT CAUGHT'} |")
    assert red
