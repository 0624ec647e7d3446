"""Yes/No: "no" is an answer, emptiness is none."""

from __future__ import annotations

import pytest

from tests.lists_core.one_field import OneField


@pytest.mark.django_db
def test_no_is_not_empty() -> None:
    world = OneField.make("boolean", default=True)
    assert world.field.read(world.add(False, name="нет")) is False
    assert world.field.read(world.add(name="да")) is True, "the default"
    assert world.field.read(world.add(None, name="пусто")) is None
    assert world.names("yes") == ["да"]
    assert world.names("no") == ["нет"]
    assert world.names("empty") == ["пусто"]
    assert [world.from_text(word) for word in ("Да", "нет", "TRUE", "0", "")] == [
        True, False, True, False, None,
    ]  # fmt: skip
    assert world.from_text("наверное") == ["Укажите «да» или «нет»."]
