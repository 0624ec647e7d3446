"""The designer's pages: who gets in, what is saved, what is kept when a form has errors."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.field_types.base import field_types
from lists_core.models import Favourite, Field, Job, List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from staff.models import Employee

pytestmark = pytest.mark.django_db
OPEN = ["home"]
DESIGNERS = ["list_settings", "list_fields", "field_add"]


@pytest.fixture
def designer() -> Employee:
    return Employee.objects.create_user("maker", "maker@svod.example", "x", is_staff=True)


@pytest.fixture
def reader() -> Employee:
    return Employee.objects.create_user("reader", "reader@svod.example", "x")


@pytest.fixture
def goods(designer: Employee, client: Client) -> List:
    list_ = create_list(
        actor=designer, everyone="edit", name="Товары", captions={"element_add": "Новый товар"}
    )
    create_field(list_.pk, "string", actor=designer, name="Цена", code="PRICE")
    client.force_login(designer)
    return list_


def field_data(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Вес",
        "type": "number",
        "settings-precision": "3",
        "settings-unit": "кг",
    } | changed


def messages(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("name", DESIGNERS)
def test_only_the_lists_maker_and_administrators_design(
    client: Client, goods: List, reader: Employee, name: str
) -> None:
    url = reverse(name, args=[goods.pk])
    assert client.get(url).status_code == 200
    client.force_login(reader)
    assert client.get(url).status_code == 403
    assert client.get(reverse(name, args=[goods.pk + 1000])).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302


def test_reader_cannot_make_delete_or_copy_lists(
    client: Client, goods: List, reader: Employee
) -> None:
    client.force_login(reader)
    assert client.post(reverse("list_add"), {"name": "Моё"}).status_code == 403
    assert client.post(reverse("list_delete", args=[goods.pk])).status_code == 403
    assert client.get(reverse("list_copy", args=[goods.pk])).status_code == 403
    assert List.objects.get().deleted_at is None


def test_list_is_made_and_leads_to_its_fields(client: Client, designer: Employee) -> None:
    client.force_login(designer)
    data = {
        "name": "Новый",
        "icon": "box",
        "color": "teal",
        "sort": 10,
        "caption_element_name": "Штука",
    }
    response = client.post(reverse("list_add"), data)
    made = List.objects.get()
    assert response.headers["Location"] == reverse("list_fields", args=[made.pk])
    assert (made.captions, made.created_by) == ({"element_name": "Штука"}, designer)


def test_settings_with_errors_keep_what_was_typed(client: Client, goods: List) -> None:
    data = {"name": "", "icon": "box", "color": "teal", "sort": 5, "description": "набрано"}
    response = client.post(reverse("list_settings", args=[goods.pk]), data)
    assert response.status_code == 422
    assert "набрано" in messages(response)
    goods.refresh_from_db()
    assert (goods.name, goods.description) == ("Товары", "")


def test_start_page_searches_and_puts_favourites_first(
    client: Client, goods: List, designer: Employee
) -> None:
    create_list(actor=designer, everyone="edit", name="Аренда")
    client.post(reverse("list_favourite", args=[goods.pk]))
    shown = client.get(reverse("home")).context["lists"]
    assert [row.name for row in shown] == ["Товары", "Аренда"]
    found = client.get(reverse("home"), {"q": "арен"}).context["lists"]
    assert [row.name for row in found] == ["Аренда"]
    client.post(reverse("list_favourite", args=[goods.pk]))
    assert not Favourite.objects.exists()


def test_list_goes_to_the_bin_and_comes_back(client: Client, goods: List) -> None:
    client.post(reverse("list_delete", args=[goods.pk]))
    assert not client.get(reverse("home")).context["lists"]
    assert client.get(reverse("list_fields", args=[goods.pk])).status_code == 404
    assert "Товары" in messages(client.get(reverse("lists_bin")))
    client.post(reverse("list_restore", args=[goods.pk]))
    assert client.get(reverse("home")).context["lists"]


def test_list_is_removed_for_good_only_from_the_bin(client: Client, goods: List) -> None:
    assert client.post(reverse("list_purge", args=[goods.pk])).status_code == 404
    client.post(reverse("list_delete", args=[goods.pk]))
    client.post(reverse("list_purge", args=[goods.pk]))
    assert not List.objects.exists()


def test_a_large_list_is_not_queued_for_removal_by_a_stranger(
    client: Client, goods: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(reverse("list_delete", args=[goods.pk]))
    monkeypatch.setattr("lists_core.services.lists.BATCH", -1)
    client.force_login(Employee.objects.create_user("stranger", password="x"))
    assert client.post(reverse("list_purge", args=[goods.pk])).status_code == 404
    assert not Job.objects.exists()


def test_copy_without_elements_is_made_at_once(client: Client, goods: List) -> None:
    response = client.post(reverse("list_copy", args=[goods.pk]), {"name": "Копия"})
    copied = List.objects.get(name="Копия")
    assert response.headers["Location"] == copied.get_absolute_url()
    assert [field.code for field in schema_of(copied).fields] == ["PRICE"]


def test_field_is_added_with_the_settings_of_its_type(client: Client, goods: List) -> None:
    data = field_data(default="1,5", required="on", hint="в килограммах")
    response = client.post(reverse("field_add", args=[goods.pk]), data)
    assert response.status_code == 302, response.context["form"].errors
    field = Field.objects.get(name="Вес")
    assert (field.code, field.required, field.hint) == ("VES", True, "в килограммах")
    assert (field.settings["precision"], field.default) == (3, "1.500")


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"settings-precision": "99"}, {"code": "не код"}, {"code": "PRICE"},
     {"default": "много"}],
)  # fmt: skip
def test_wrong_field_keeps_what_was_typed(
    client: Client, goods: List, wrong: dict[str, str]
) -> None:
    response = client.post(
        reverse("field_add", args=[goods.pk]), field_data(hint="подсказка", **wrong)
    )
    assert response.status_code == 422
    assert "подсказка" in messages(response)
    assert Field.objects.count() == 1


def test_draft_shows_the_field_before_it_is_saved(client: Client, goods: List) -> None:
    url = reverse("field_draft", args=[goods.pk])
    assert "Вес" in messages(client.post(url, field_data(settings__precision="")))
    assert client.post(url, {"part": "form", "type": "date"}).context["form"].kind.slug == "date"
    assert Field.objects.count() == 1


def test_another_type_begins_with_its_usual_settings_and_no_errors(
    client: Client, goods: List
) -> None:
    sent = {"part": "form", "type": "counter", "shown_type": "string", "name": ""}
    form = client.post(reverse("field_draft", args=[goods.pk]), sent).context["form"]
    assert [form.type_form[name].value() for name in ("start", "step", "digits")] == [1, 1, 1]
    assert not form.errors
    assert not form.type_form.errors


@pytest.mark.parametrize("slug", field_types.slugs())
@pytest.mark.parametrize("multiple", ["", "on"])
def test_form_opens_for_every_type(client: Client, goods: List, slug: str, multiple: str) -> None:
    assert client.get(reverse("field_add", args=[goods.pk]), {"type": slug}).status_code == 200
    draft = {"type": slug, "name": "Поле", "multiple": multiple}
    for part in ("form", ""):
        url = reverse("field_draft", args=[goods.pk])
        assert client.post(url, draft | {"part": part}).status_code == 200


def test_fields_are_put_in_order(client: Client, goods: List, designer: Employee) -> None:
    second = create_field(goods.pk, "date", actor=designer, name="Срок")
    first = goods.fields.get(code="PRICE")
    client.post(reverse("fields_sort", args=[goods.pk]), {"ids": [second.pk, first.pk, "x"]})
    goods.refresh_from_db()
    assert [field.code for field in schema_of(goods).fields] == ["SROK", "PRICE"]


def test_field_goes_to_the_bin_and_comes_back_with_its_values(
    client: Client, goods: List, designer: Employee
) -> None:
    create_element(goods.pk, {"NAME": "ель", "PRICE": "5"}, actor=designer)
    field = goods.fields.get()
    client.post(reverse("field_delete", args=[goods.pk, field.pk]))
    goods.refresh_from_db()
    assert schema_of(goods).get("PRICE") is None
    client.post(reverse("field_restore", args=[goods.pk, field.pk]))
    goods.refresh_from_db()
    schema = schema_of(goods)
    assert schema["PRICE"].read(elements(schema, designer).get()) == "5"


def test_another_lists_field_is_not_found(client: Client, goods: List, designer: Employee) -> None:
    other = create_list(actor=designer, everyone="edit", name="Другой")
    field = goods.fields.get()
    assert client.get(reverse("field_edit", args=[other.pk, field.pk])).status_code == 404
    assert client.post(reverse("field_delete", args=[other.pk, field.pk])).status_code == 404


def test_type_is_changed_after_a_preview(client: Client, goods: List, designer: Employee) -> None:
    for price in ["5", "дорого"]:
        create_element(goods.pk, {"NAME": "ель", "PRICE": price}, actor=designer)
    field = goods.fields.get()
    asked = {"type": "number", "settings-precision": "0"}
    response = client.post(reverse("field_type", args=[goods.pk, field.pk]), asked)
    preview = Job.objects.get()
    run_job(preview.pk)
    page = client.get(response.headers["Location"])
    assert "дорого" in messages(page)
    url = reverse("field_type_apply", args=[goods.pk, field.pk, preview.pk])
    client.post(url)
    run_job(Job.objects.get(kind="change_type").pk)
    goods.refresh_from_db()
    assert schema_of(goods)["PRICE"].type.slug == "number"
    change = field.type_changes.get()
    client.post(reverse("type_change_undo", args=[goods.pk, change.pk]))
    goods.refresh_from_db()
    assert schema_of(goods)["PRICE"].type.slug == "string"


def test_fields_page_costs_a_fixed_number_of_queries(
    client: Client, goods: List, designer: Employee, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        create_field(goods.pk, "date", actor=designer, name=f"Дата {number}")
    client.get(reverse("list_fields", args=[goods.pk]))
    with django_assert_max_num_queries(14):
        client.get(reverse("list_fields", args=[goods.pk]))
