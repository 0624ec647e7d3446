"""Saved mappings: kept at an import, applied to files with the same headings, managed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.models import ImportMapping, List
from lists_core.schema.cache import forget_schemas
from lists_core.services import fields, lists
from staff.models import Employee
from tests.lists_core.transfer import chosen, errors_of, run_import, upload, values_of

pytestmark = pytest.mark.django_db
FILE = "код;товар;цена\nа-1;Ёлка;5\n"


@pytest.fixture
def admin(settings: Any, tmp_path: Path) -> Employee:
    forget_schemas()
    settings.MEDIA_ROOT = tmp_path
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x")


@pytest.fixture
def goods(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Товары")
    fields.create_field(list_.pk, "string", actor=admin, name="Артикул", code="SKU")
    fields.create_field(list_.pk, "number", actor=admin, name="Стоимость", code="PRICE")
    list_.refresh_from_db()
    return list_


def signed_in(client: Client, person: Employee) -> Client:
    client.force_login(person)
    return client


CHOICES = {
    "target_0": "field:SKU", "target_1": "field:NAME", "target_2": "field:PRICE",
    "mode": "both", "key_0": "on", "keep_empty": "on", "save_as": "Прайс  поставщика",
}  # fmt: skip


def saved(client: Client, goods: List) -> ImportMapping:
    run_import(client, upload(client, goods, FILE), **CHOICES)
    return ImportMapping.objects.get(list=goods)


def test_a_file_with_the_same_headings_is_filled_in(
    client: Client, admin: Employee, goods: List
) -> None:
    web = signed_in(client, admin)
    mapping = saved(web, goods)
    assert mapping.name == "Прайс поставщика"
    url = upload(web, goods, "код;товар;цена\nа-1;Ёлка;7\nб-2;Сосна;8\n".encode("cp1251"), "y.csv")
    assert web.get(url).context["mapping"] == mapping
    job = run_import(web, url)
    assert (job.result["created"], job.result["updated"]) == (1, 1)
    assert [str(price) for _n, price in values_of(goods, admin, "NAME", "PRICE")] == ["7", "8"]
    assert web.get(f"{url}?mapping=").context["form"]["target_0"].value() is None
    assert web.get(f"{url}?mapping={mapping.pk}").context["form"]["key_0"].value() is True
    other = upload(web, goods, "код;товар\nа-1;Ёлка\n")
    assert web.get(other).context["mapping"] is None


def test_a_field_that_is_gone_is_told_of(client: Client, admin: Employee, goods: List) -> None:
    web = signed_in(client, admin)
    saved(web, goods)
    fields.delete_field(goods.fields.get(code="PRICE").pk, actor=admin)
    page = web.get(upload(web, goods, FILE))
    assert (page.status_code, page.context["missing"]) == (200, 1)


def test_a_new_lists_mapping_knows_its_new_fields(client: Client, admin: Employee) -> None:
    web = signed_in(client, admin)
    job = run_import(web, upload(web, None, FILE, "Прайс.csv"), save_as="Прайс")
    page = web.get(upload(web, job.list, FILE))
    assert (page.context["mapping"].name, page.context["missing"]) == ("Прайс", 0)


def test_only_its_author_and_designers_manage_it(
    client: Client, admin: Employee, goods: List
) -> None:
    mapping = saved(signed_in(client, admin), goods)
    other = Employee.objects.create_user("other", "o@svod.example", "x")
    web = signed_in(client, other)
    rename = reverse("list_import_mapping", args=[goods.pk, mapping.pk])
    delete = reverse("list_import_mapping_delete", args=[goods.pk, mapping.pk])
    page = web.get(reverse("list_import_mappings", args=[goods.pk])).content.decode()
    assert "Прайс поставщика" in page
    assert delete not in page
    for url in (rename, delete):
        assert web.post(url, {"name": "Чужое"}).status_code == 403
    url = upload(web, goods, FILE)
    taken = web.post(url, chosen(web, url, save_as="Прайс поставщика"))
    assert (taken.status_code, list(errors_of(taken))) == (422, ["save_as"])
    web = signed_in(client, admin)
    assert web.post(rename, {"name": " "}).status_code == 422
    assert web.post(rename, {"name": "Прайс"}).status_code == 302
    assert ImportMapping.objects.get().name == "Прайс"
    assert web.post(delete).status_code == 302
    assert not ImportMapping.objects.exists()
