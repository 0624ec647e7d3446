"""Requests that no page sends: they are refused or find nothing, and never break the portal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.test import AsyncRequestFactory, Client
from django.urls import reverse

from lists_core.filters.tree import parse_filter
from lists_core.models import Job
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import ElementQuery, found
from lists_core.selectors.jobs import packed
from lists_core.services.files import keep_file
from lists_core.views.transfer_jobs import job_file
from svod.base.errors import Invalid
from svod.base.htmx import sign_in_again
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db
DAMAGED = {"HX-Current-URL": "http://[", **HTMX}
TOO_LARGE = [2**31, 5_000_000_000, 10**18, 10**30]


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make_world()


@pytest.fixture
def web(client: Client, world: World) -> Client:
    client.force_login(world.anna)
    return client


def test_the_start_page_takes_a_nul(web: Client) -> None:
    found = web.get("/", {"q": "Дог\0оворы"}).context["lists"]
    assert [one.name for one in found] == ["Договоры"]


@pytest.mark.parametrize("list_id", TOO_LARGE)
@pytest.mark.parametrize("name", ["list_purge", "list_delete", "list_restore", "fields_sort"])
def test_lists_beyond_all_numbers_are_not_found(web: Client, name: str, list_id: int) -> None:
    assert web.post(reverse(name, args=[list_id])).status_code == 404


@pytest.mark.parametrize("list_id", TOO_LARGE)
def test_elements_of_lists_beyond_all_numbers_are_not_found(web: Client, list_id: int) -> None:
    assert web.post(reverse("list_row_copy", args=[list_id, 1])).status_code == 404


@pytest.mark.parametrize("raw", ["9" * 5000, "9" * 19, "²", "-1", "x"])
def test_an_order_of_fields_passes_over_what_is_no_id(web: Client, world: World, raw: str) -> None:
    ids = [field.field.pk for field in schema_of(world.list).fields][::-1]
    url = world.url("fields_sort")
    assert web.post(url, {"ids": [raw, *map(str, ids)]}).status_code == 204
    world.list.refresh_from_db()
    assert [field.field.pk for field in schema_of(world.list).fields] == ids


def test_a_damaged_address_of_the_page_is_no_address(web: Client, world: World, rf: Any) -> None:
    row = world.add("Ель")
    url = world.url("element_neighbours", row.pk)
    assert web.get(url, headers=DAMAGED).status_code == 200
    back = sign_in_again(rf.get("/part/", headers=DAMAGED))["HX-Redirect"]
    assert back == "/sign-in/?next=%2F"


@pytest.mark.parametrize("op", ["eq", "ne", "gt", "gte", "lt", "lte", "between"])
def test_an_id_is_a_whole_number(world: World, op: str) -> None:
    schema, row = schema_of(world.list), world.add("Ель")
    with pytest.raises(Invalid, match="ID"):
        parse_filter(id_filter(op, f"{row.pk}.7"), schema)
    for whole in (f"{row.pk}", f"{row.pk},0", f"{10**15}", f"{10**19}"):
        tree = parse_filter(id_filter(op, whole), schema)
        names = {row.name for row in found(schema, ElementQuery(filter=tree), actor=world.anna)}
        assert names == expected(op, int(whole.split(",")[0]), row.pk)


def id_filter(op: str, text: str) -> str:
    return json.dumps({"and": [{"field": "ID", "op": op, "value": [text]}]})


def expected(op: str, asked: int, pk: int) -> set[str]:
    holds = {
        "eq": pk == asked, "ne": pk != asked, "gt": pk > asked, "gte": pk >= asked,
        "lt": pk < asked, "lte": pk <= asked, "between": pk >= asked,
    }  # fmt: skip
    return {"Ель"} if holds[op] else set()


def made_file(world: World) -> Job:
    stored = keep_file(ContentFile(b"a;b\n1;2\n"), "итог.csv", actor=world.anna, mime="text/csv")
    return Job.objects.create(
        kind="export_table",
        actor=world.anna,
        list=world.list,
        file=stored,
        state="done",
        result={"fields": [], "ids": packed([]), "named": {}},
    )


def test_what_a_job_made_is_sent_in_pieces_by_an_asynchronous_server(world: World) -> None:
    job = made_file(world)
    request = AsyncRequestFactory().get("/")
    request.user = world.anna
    answer = job_file(request, job_id=job.pk)
    assert answer.is_async
    assert async_to_sync(whole)(answer) == b"a;b\n1;2\n"
    request.user = AnonymousUser()
    assert job_file(request, job_id=job.pk).status_code == 302


async def whole(answer: Any) -> bytes:
    return b"".join([piece async for piece in answer])


def test_lost_bytes_of_a_job_are_told_as_missing(web: Client, world: World) -> None:
    job = made_file(world)
    url = reverse("job_file", args=[job.pk])
    assert b"".join(web.get(url).streaming_content) == b"a;b\n1;2\n"
    job.file.content.storage.delete(job.file.content.name)
    assert web.get(url).status_code == 404
