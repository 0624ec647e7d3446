"""`manage.py check_access`: what it finds and mends."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from lists_core.access import Right
from lists_core.models import Element, ElementUserRight
from lists_core.schema.cache import schema_of
from lists_core.services.lists import create_list, delete_list
from lists_core.services.readers import differing
from lists_core.services.rights import set_element_rights
from staff.subjects import Subject
from tests.lists_core.element_world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def granted(world: World) -> Any:
    """An element that petr may read for a grant of its own."""
    row = world.add("Ель")
    grants = {Subject("U", world.petr.pk): {Right.VIEW}, Subject("U", world.anna.pk): {Right.FULL}}
    set_element_rights(world.list.pk, row.pk, grants, restricted=True, actor=world.anna)
    return row


def rows(world: World) -> Any:
    world.list.refresh_from_db()
    return schema_of(world.list).model.objects


def test_a_sound_portal_passes(granted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_access")
    assert "Договоры: readers 0, grants 0, registry 0" in capsys.readouterr().out


@pytest.mark.parametrize("readers", [None, [999_999], [-999_999]])
def test_wrong_readers_are_found_and_mended(
    world: World, granted: Any, readers: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lost ones, and subjects that nobody is any more."""
    before = rows(world).get(pk=granted.pk).readers
    assert world.petr.pk in before
    rows(world).filter(pk=granted.pk).update(readers=readers)
    with pytest.raises(CommandError):
        call_command("check_access")
    assert "Договоры: readers 1, grants 0" in capsys.readouterr().out
    assert rows(world).get(pk=granted.pk).readers == readers  # looking changes nothing
    call_command("check_access", "--repair")
    assert rows(world).get(pk=granted.pk).readers == before
    call_command("check_access")


def test_grants_written_to_another_list_come_home(
    world: World, granted: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    other = create_list(actor=world.anna, name="Другой")
    ElementUserRight.objects.filter(user=world.petr).update(list=other)
    with pytest.raises(CommandError):
        call_command("check_access")
    assert "Договоры: readers 1, grants 1" in capsys.readouterr().out
    call_command("check_access", "--repair")
    assert set(ElementUserRight.objects.values_list("list", flat=True)) == {world.list.pk}
    assert differing(world.list.pk) == []
    call_command("check_access")


def test_lists_in_the_bin_are_looked_at(world: World, granted: Any) -> None:
    rows(world).update(readers=[999_999])
    delete_list(world.list.pk, actor=world.anna)
    with pytest.raises(CommandError):
        call_command("check_access")


def test_the_registry_repeats_author_section_and_restriction(
    world: World, granted: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The database writes it itself; what was written past it is found and mended."""

    def registered() -> tuple[Any, ...]:
        found = Element.objects.filter(pk=granted.pk)
        return tuple(found.values_list("author", "section", "restricted").get())

    assert registered() == (granted.created_by, granted.section, True)
    rows(world).filter(pk=granted.pk).update(restricted=False, section=7)
    assert registered() == (granted.created_by, 7, False)
    rows(world).filter(pk=granted.pk).update(deleted_at=timezone.now(), section=None)
    assert registered() == (None, None, False)
    Element.objects.filter(pk=granted.pk).update(author=world.petr.pk, restricted=True)
    with pytest.raises(CommandError):
        call_command("check_access")
    assert "registry 1" in capsys.readouterr().out
    call_command("check_access", "--repair")
    assert registered() == (None, None, False)
    call_command("check_access")
