"""A-18: the titles of links that an export names are asked for again at its download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.models import Job
from lists_core.selectors.jobs import may_have_file
from lists_core.services.elements import create_element, delete_elements
from lists_core.services.exports import start_export
from lists_core.services.lists import create_list
from lists_core.services.rights import set_element_rights
from staff.models import Employee
from tests.access.attack_world import VIEW, World, browser, ran

pytestmark = pytest.mark.django_db


class Linked(World):
    """The reader's own element names a partner and a section of the list of partners."""

    def __init__(self) -> None:
        super().__init__()
        self.partners = create_list(actor=self.root, name="Партнёры", has_sections=True)
        self.grant(self.reader, VIEW, self.partners)
        self.partner = self.add_partner("Дуб")
        self.other = self.add_partner("Клён")
        partners = {"list": self.partners.pk}
        self.field("element", "PARTNER", settings=partners)
        self.field("section", "PLACE", settings={"list": self.list.pk})
        self.linking = self.add("Липа", PARTNER=self.partner.pk, PLACE=self.mine.pk)

    def add_partner(self, name: str) -> Any:
        return create_element(self.partners.pk, {"NAME": name}, actor=self.root)

    def close_partner(self, row: Any) -> None:
        set_element_rights(self.partners.pk, row.pk, {}, restricted=True, actor=self.root)


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> Linked:
    settings.MEDIA_ROOT = tmp_path
    return Linked()


def exported(world: Linked, who: Employee | None = None) -> Job:
    actor = who or world.reader
    return ran(start_export(world.list, {}, actor=actor, format="csv", columns="all"))


def status(world: Linked, job: Job) -> int:
    response = browser(world.reader).get(reverse("job_file", args=[job.pk]))
    if response.streaming:
        b"".join(response.streaming_content)
    return int(response.status_code)


def the_element(world: Linked) -> None:
    world.close_partner(world.partner)


def the_list(world: Linked) -> None:
    world.grant(world.reader, None, world.partners)


def the_section(world: Linked) -> None:
    """The reader still sees the element that names the section."""
    world.grant_section(world.mine, None, VIEW, restricted=True)


@pytest.mark.parametrize("lose", [the_element, the_list, the_section])
def test_a18_a_title_lost_before_the_download(
    world: Linked, lose: Callable[[Linked], None]
) -> None:
    delete_elements(world.list.pk, [world.own.pk], actor=world.root)  # it lies in the section
    job = exported(world)
    assert status(world, job) == 200
    lose(world)
    assert status(world, job) == 404
    assert status(world, exported(world)) == 200  # made anew, it tells of less


def test_a18_what_an_export_does_not_name_keeps_it_not_back(world: Linked) -> None:
    job = exported(world)
    world.close_partner(world.other)
    world.section("Новый")
    assert status(world, job) == 200
    delete_elements(world.partners.pk, [world.partner.pk], actor=world.root)
    assert status(world, job) == 200  # in the bin it is no more secret than before


def test_a18_a_title_that_was_hidden_already_is_not_asked_for(world: Linked) -> None:
    world.close_partner(world.partner)
    assert status(world, exported(world)) == 200


def queries(world: Linked, job: Job) -> int:
    with CaptureQueriesContext(connection) as found:
        assert may_have_file(job, Employee.objects.get(pk=world.reader.pk))
    return len(found)


def test_a18_many_named_things_cost_no_more_queries(world: Linked) -> None:
    job = exported(world)
    few = queries(world, job)
    for number in range(30):
        row = world.add_partner(f"Ясень {number}")
        world.add(f"Вяз {number}", PARTNER=row.pk, PLACE=world.mine.pk)
    assert queries(world, exported(world)) == few
