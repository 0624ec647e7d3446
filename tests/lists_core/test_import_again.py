"""The same file once more: what is in the list already is passed over, and the page says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lists_core.access import Right
from lists_core.models import ElementVersion, ImportBatch, Job, List
from lists_core.schema.cache import forget_schemas
from lists_core.services import fields, lists
from lists_core.services.elements import delete_elements
from lists_core.services.rights import set_list_rights
from lists_core.templatetags.transfer import nothing_new
from staff.models import Employee
from staff.subjects import AUTHOR, Subject
from tests.lists_core.transfer import chosen, finished, rows_of, run_import, upload

pytestmark = pytest.mark.django_db
TEXT = "Name;Цена\nа;1\nб;2\nб;2\nв;дорого\n"


@pytest.fixture
def admin(settings: Any, tmp_path: Path) -> Employee:
    forget_schemas()
    settings.MEDIA_ROOT = tmp_path
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x")


@pytest.fixture
def web(client: Client, admin: Employee) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def goods(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="none", name="Товары")
    fields.create_field(list_.pk, "number", actor=admin, name="Цена", code="PRICE")
    list_.refresh_from_db()
    return list_


def counts(job: Job) -> tuple[int, ...]:
    assert job.state == "done", job.error
    names = ("created", "updated", "unchanged", "skipped", "failed")
    return tuple(job.result[name] for name in names)


def names(list_: List, actor: Employee) -> list[str]:
    return [row.name for row in rows_of(list_, actor)]


def again(web: Client, goods: List, **changes: Any) -> Job:
    return run_import(web, upload(web, goods, TEXT), **changes)


def test_the_same_file_again_changes_nothing(web: Client, admin: Employee, goods: List) -> None:
    text = TEXT.replace("дорого", "3")
    first = run_import(web, upload(web, goods, text))
    assert counts(first) == (4, 0, 0, 0, 0)
    url = upload(web, goods, text, "другое имя.csv")
    assert web.get(url).context["form"].before is not None
    before = ElementVersion.objects.count()
    job = run_import(web, url)
    assert counts(job) == (0, 0, 0, 4, 0)
    assert (names(goods, admin), ElementVersion.objects.count()) == (["а", "б", "б", "в"], before)
    assert nothing_new(job)
    assert not nothing_new(first)


def test_rows_that_are_away_come_back(web: Client, admin: Employee, goods: List) -> None:
    """In the bin, or never there because they did not fit: they are tried anew, and only they."""
    assert counts(again(web, goods)) == (3, 0, 0, 0, 1)
    delete_elements(goods.pk, [rows_of(goods, admin)[0].pk], actor=admin)
    assert counts(again(web, goods, lenient_1="on")) == (2, 0, 0, 2, 0)
    assert names(goods, admin) == ["б", "б", "а", "в"]
    assert counts(again(web, goods, lenient_1="on")) == (0, 0, 0, 4, 0)


def test_the_rows_may_be_added_once_more(web: Client, admin: Employee, goods: List) -> None:
    again(web, goods)
    assert counts(again(web, goods, again="on")) == (3, 0, 0, 0, 1)
    assert len(names(goods, admin)) == 6


def test_other_columns_are_another_import(web: Client, admin: Employee, goods: List) -> None:
    again(web, goods)
    assert counts(again(web, goods, target_1="")) == (4, 0, 0, 0, 0)


def test_with_a_key_nothing_changes_either(web: Client, admin: Employee, goods: List) -> None:
    for expected in ((3, 0, 0, 0, 0), (0, 0, 3, 0, 0)):
        url = upload(web, goods, "Name;Цена\nа;1\nб;2\nв;3\n")
        job = run_import(web, url, mode="both", key_0="on")
        assert counts(job) == expected
        assert nothing_new(job) is (expected[0] == 0)
    assert {row.version for row in rows_of(goods, admin)} == {1}
    assert not ImportBatch.objects.exists()


def test_a_second_press_is_no_second_import(web: Client, goods: List) -> None:
    url = upload(web, goods, TEXT)
    data = chosen(web, url)
    assert web.post(url, data).status_code == 302
    second = web.post(url, data)
    assert second.status_code == 422
    assert second.context["form"].non_field_errors()
    assert Job.objects.filter(kind="import_table").count() == 1


def test_a_second_press_makes_no_second_field_and_no_second_list(
    web: Client, admin: Employee, goods: List
) -> None:
    url = upload(web, goods, TEXT)
    data = chosen(web, url, target_1="new:number")
    assert web.post(url, data).status_code == 302
    assert web.post(url, data).status_code == 422
    assert goods.fields.filter(name="Цена").count() == 2  # the fixture's and the import's
    url = upload(web, None, TEXT)
    data = chosen(web, url, list_name="Прайс")
    first = web.post(url, data)
    finished(first)
    second = web.post(url, data)
    assert second.status_code == 422
    assert second.context["form"].non_field_errors()
    assert List.objects.filter(name="Прайс").count() == 1


def test_whoever_does_not_see_the_rows_learns_nothing(
    web: Client, admin: Employee, goods: List, client: Client
) -> None:
    """Others' rows that one may not see are not passed over, and the page is silent."""
    again(web, goods)
    adder = Employee.objects.create_user("adder", "b@svod.example", "x")
    own = {Subject("U", adder.pk): frozenset({Right.ADD})}
    set_list_rights(goods.pk, {**own, AUTHOR: frozenset({Right.VIEW})}, actor=admin)
    client.force_login(adder)
    url = upload(client, goods, TEXT)
    assert client.get(url).context["form"].before is None
    assert counts(run_import(client, url)) == (3, 0, 0, 0, 1)
    assert client.get(url).context["form"].before is not None
    assert counts(run_import(client, url)) == (0, 0, 0, 3, 1)
