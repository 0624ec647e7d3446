"""A-60: attacks by imported tables. What lands, and what the report tells of what exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lists_core.models import Job
from lists_core.services import imports
from staff.subjects import AUTHOR
from tests.access.attack_world import CANARY, EDIT, World, browser, ran, said
from tests.lists_core.transfer import chosen, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return World()


def unchanged(world: World, *rows: Any) -> bool:
    return all(world.row(row).version == 1 for row in rows)


def imported(world: World, text: str, **choice: Any) -> Job:
    web = browser(world.reader)
    url = upload(web, world.list, text)
    response = web.post(url, chosen(web, url, **choice))
    assert response.status_code == 302, response.context["form"].errors
    return ran(Job.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2]))


def reasons(job: Job) -> dict[int, str]:
    return dict(map(tuple, job.result["errors"]))


UPDATE = {"mode": "update", "key_0": "on"}


@pytest.mark.parametrize("dry", [True, False])
def test_a60_hidden_elements_have_no_key(world: World, dry: bool) -> None:
    more = {"dry": "1"} if dry else {}
    names = [world.hidden.name, world.below.name, "нет такого", "Ель", "Сосна"]
    text = "Name;Note\n" + "".join(f"{name};да\n" for name in names)
    job = imported(world, text, **UPDATE, **more)
    told = reasons(job)
    assert told[2] == told[3] == told[4]
    assert told[5] != told[4]
    assert (job.result["updated"], job.result["failed"]) == (1, 4)
    assert unchanged(world, world.hidden, world.below, world.shown)


def test_a60_a_line_needs_the_right_at_its_place(world: World) -> None:
    text = f"Name;Section\nа;Свой\nб;\nв;{world.closed.name}\nг;нет такого\n"
    job = imported(world, text, mode="add", target_1="field:SECTION")
    assert (job.result["created"], job.result["failed"]) == (1, 3)
    told = reasons(job)
    assert told[4].replace(world.closed.name, "") == told[5].replace("нет такого", "")


def test_a60_moving_by_import_asks_for_the_old_place(world: World) -> None:
    """A reader of an element cannot pull it into a section where they may change everything."""
    job = imported(world, "Name;Section\nЕль;Свой\n", target_1="field:SECTION", **UPDATE)
    assert (job.result["updated"], job.result["failed"]) == (0, 1)
    assert world.row(world.shown).section is None


@pytest.mark.parametrize("code", ["HIDDEN", "NOPE"])
def test_a60_no_column_goes_into_a_hidden_field(world: World, code: str) -> None:
    web = browser(world.reader)
    url = upload(web, world.list, "Name;Hidden\nСосна;взлом\n")
    assert CANARY not in said(web.get(url))
    response = web.post(url, {**chosen(web, url), "target_1": f"field:{code}"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["target_1"]


def author_of_secrets(world: World) -> Any:
    """HIDDEN shows to authors; the reader edits the list. The address of an upload about it."""
    world.hide_field(AUTHOR)
    world.grant(world.reader, EDIT)
    return upload(browser(world.reader), world.list, f"Name;Hidden\nновое;{CANARY} 1\n")


@pytest.mark.parametrize("mode", ["both", "update"])
def test_a60_a_field_of_authors_finds_nothing_by_key(world: World, mode: str) -> None:
    url, web = author_of_secrets(world), browser(world.reader)
    data = {**chosen(web, url), "target_1": "field:HIDDEN", "key_1": "on", "mode": mode}
    response = web.post(url, data)
    assert response.status_code == 422
    assert not Job.objects.filter(kind="import_table").exists()


def test_a60_a_key_finds_nothing_where_every_row_is_added(world: World) -> None:
    """Adding, a person fills the fields of authors: ticked as keys they would tell of others."""
    url, web = author_of_secrets(world), browser(world.reader)
    data = {**chosen(web, url), "target_1": "field:HIDDEN", "key_1": "on", "mode": "add"}
    job = ran(Job.objects.get(pk=web.post(url, data)["Location"].rstrip("/").rpartition("/")[2]))
    assert (job.result["created"], job.result["failed"]) == (1, 0)
    assert unchanged(world, world.shown, world.own, world.hidden, world.below)


def test_a60_a_key_does_not_unlock_a_field(world: World) -> None:
    world.lock_field(world.note)
    world.grant(world.reader, EDIT)
    web = browser(world.reader)
    url = upload(web, world.list, "Name;Note\nновое;взлом\n")
    response = web.post(url, chosen(web, url, target_1="field:NOTE", key_1="on", mode="add"))
    assert list(response.context["form"].errors) == ["target_1"]
    assert not Job.objects.filter(kind="import_table").exists()


@pytest.mark.parametrize("mode", ["both", "update"])
def test_a60_a_key_that_one_may_not_change_makes_no_element(world: World, mode: str) -> None:
    world.lock_field(world.note)
    world.grant(world.reader, EDIT)
    job = imported(
        world, "Name;Note\nЕлка;хвоя\nновое;взлом\n", mode=mode, target_1="field:NOTE", key_1="on"
    )
    assert (job.result["created"], job.result["updated"], job.result["failed"]) == (0, 1, 1)
    assert list(reasons(job)) == [3]
    assert world.row(world.shown).name == "Елка"
    assert unchanged(world, world.own, world.hidden, world.below)


def test_a60_add_or_update_treats_hidden_elements_as_absent(world: World) -> None:
    """The element found but not one's own to change stays; a hidden one is like none at all."""
    names = [world.hidden.name, world.below.name, "нет такого", "Ель", "Сосна"]
    text = "Name;Note;Section\n" + "".join(f"{name};да;Свой\n" for name in names)
    job = imported(world, text, mode="both", key_0="on", target_2="field:SECTION")
    result = job.result
    assert (result["created"], result["updated"], result["failed"]) == (3, 1, 1)
    assert list(reasons(job)) == [5]
    assert unchanged(world, world.hidden, world.below, world.shown)


def test_a60_rights_lost_between_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 1)
    stops = imports.stop_if_asked

    def losing(job: Job) -> None:
        world.hide_field(field=world.note)
        stops(job)

    monkeypatch.setattr(imports, "stop_if_asked", losing)
    text = "Name;Note;Section\nа;1;Свой\nб;2;Свой\n"
    job = imported(world, text, mode="add", target_2="field:SECTION")
    assert (job.state, job.result["created"]) == ("failed", 1)
