"""E-mail: one person is not two by the case of letters."""

from __future__ import annotations

import pytest

from svod.base.errors import Invalid
from tests.lists_core.one_field import OneField


@pytest.mark.django_db
def test_small_letters_and_uniqueness() -> None:
    world = OneField.make("email", unique=True)
    row = world.add(" Anna@Svod.Example ", name="Анна")
    assert world.field.read(row) == "anna@svod.example"
    with pytest.raises(Invalid) as caught:
        world.add("ANNA@svod.example")
    assert "F" in caught.value.errors
    assert world.names("contains", "SVOD") == ["Анна"]
    assert 'href="mailto:anna@svod.example"' in world.field.render("anna@svod.example")
