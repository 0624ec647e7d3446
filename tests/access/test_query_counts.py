"""Partial rights cost a fixed number of queries, however many grants, sections, fields, lists."""

from __future__ import annotations

from time import process_time

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.access import Right
from lists_core.models import Element, Field, List, ListGroupRight
from lists_core.services.elements import create_element
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import AUTHOR, Subject, author_group
from tests.access.attack_world import EDIT, VIEW, World, browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


def counted(web: Client, address: str) -> int:
    web.get(address)  # what a process learns once is learned
    with CaptureQueriesContext(connection) as found:
        assert web.get(address).status_code == 200
    return len(found)


def more_rights(world: World, start: int, size: int) -> None:
    """Sections and elements open and closed to the reader, fields that are not theirs."""
    for number in range(start, start + size):
        open_, shut = world.section(f"Р{number}"), world.section(f"З{number}")
        world.grant_section(open_, world.reader, EDIT)
        world.grant_section(shut, world.reader if number % 2 else None, VIEW, restricted=True)
        world.add(f"в {number}", open_.pk, NOTE="да")
        world.restrict(world.add(f"г {number}", shut.pk), world.reader)
        world.restrict(world.add(f"д {number}"))
    for number in range(start, start + size // 2):
        world.hide_field(field=world.field("string", f"H{number}"))
        world.lock_field(world.field("string", f"L{number}"))


def test_pages_of_a_list_with_partial_rights(world: World) -> None:
    more_rights(world, 0, 2)
    web = browser(world.reader)
    pages = [
        world.url("list"),
        world.url("list_count"),
        world.url("list") + f"?section={world.mine.pk}",
        world.url("element", world.shown.pk),
        world.url("element_edit", world.own.pk),
        world.url("element_suggest") + "?q=в",
        reverse("search") + "?q=да",
        reverse("home"),
    ]
    few = {page: counted(web, page) for page in pages}
    more_rights(world, 10, 10)
    assert Field.objects.filter(list=world.list, view_restricted=True).count() > 5
    assert {page: counted(web, page) for page in pages} == few


def lists(root: Employee, reader: Employee, start: int, size: int) -> None:
    """Every second one is known only through an element that its author reads."""
    for number in range(start, start + size):
        made = create_list(actor=root, name=f"Список {number}")
        by_author = {Subject("U", reader.pk): frozenset({Right.VIEW, Right.ADD})}
        set_list_rights(made.pk, by_author, actor=root)
        if number % 2:
            create_element(made.pk, {"NAME": "Моё"}, actor=reader)
            set_list_rights(made.pk, {AUTHOR: VIEW}, actor=root)


def test_the_start_page_with_many_lists(db: None) -> None:
    root = Employee.objects.create_superuser("root", "root@svod.example", "x")
    reader = person("reader")
    web, home = browser(reader), reverse("home")
    lists(root, reader, 0, 4)
    few = counted(web, home)
    lists(root, reader, 10, 12)
    assert counted(web, home) == few
    assert web.get(home).content.decode().count("Список") >= 16


def many(reader: Employee, size: int) -> None:
    """Lists without tables, each known to the reader only as the author of an element."""
    made = List.objects.bulk_create(List(name=f"Много {n:04}") for n in range(size))
    view = Permission.objects.get(codename="view_list", content_type__app_label="lists_core")
    among = {"permission": view, "group_id": author_group()}
    ListGroupRight.objects.bulk_create(ListGroupRight(content_object=one, **among) for one in made)
    # The triggers of the lists' tables write the author; these lists have none.
    Element.objects.bulk_create(
        Element(list=list_, author=reader.pk) for list_ in made[: size // 2]
    )


def test_a_thousand_lists_known_to_their_authors(db: None) -> None:
    """One set-based statement asks for all of them; the page draws a hundred at a time."""
    reader = person("reader")
    web, home = browser(reader), reverse("home")
    many(reader, 20)
    few = counted(web, home)
    many(reader, 2_000)
    begun = process_time()
    assert counted(web, home) == few
    print(f"the start page, twice: {process_time() - begun:.3f} s of the processor")
    pages = [web.get(home, {"from": start}).content.decode() for start in (0, 100, 1_000)]
    assert [page.count("sv-tile-link") for page in pages] == [100, 100, 10]
    assert "from=200" in pages[1]
    assert "sv-tiles-more" not in pages[2]
    found = web.get(home, {"q": "0999", "from": "x"}).content.decode()
    assert found.count("sv-tile-link") == 1
