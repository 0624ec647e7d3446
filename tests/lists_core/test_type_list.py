"""List: options may be renamed, sorted and removed while elements keep what they have."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from lists_core.field_types.choice import ChoiceSettings
from lists_core.models import FieldOption
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services.copies import copy_list
from lists_core.services.elements import update_element
from svod.base.errors import Invalid
from tests.lists_core.one_field import OneField

pytestmark = pytest.mark.django_db


def rows(*names: str, **more: Any) -> dict[str, Any]:
    return {"options": [{"id": None, "name": name} for name in names], **more}


@pytest.fixture
def world() -> OneField:
    return OneField.make("list", settings=rows("Новый", "В работе", "Готов"))


def option(name: str) -> FieldOption:
    return FieldOption.objects.get(name=name)


def draft(world: OneField, **changes: Any) -> list[dict[str, Any]]:
    """The options as the designer's form has them, with `name={…}` changed or None removed."""
    kept = FieldOption.objects.filter(field=world.field.field, deleted_at=None)
    all_rows = [{"id": row.pk, "name": row.name, "color": row.color} for row in kept]
    removed = {"removed": True}
    return [row | (removed if (change := changes.get(row["name"], {})) is None else change)
            for row in all_rows]  # fmt: skip


def test_renaming_touches_no_element(world: OneField) -> None:
    row = world.add(option("Новый").pk)
    world.change(settings={"options": draft(world, Новый={"name": "Свежий", "color": "lime"})})
    assert world.field.to_text(world.field.read(row)) == "Свежий"
    assert "tone-lime" in world.field.render(world.field.read(row))
    assert "options" not in world.field.field.settings


def test_a_removed_option_stays_where_it_is(world: OneField) -> None:
    gone = option("Новый").pk
    row = world.add(gone, name="старый")
    world.change(settings={"options": draft(world, Новый=None)})
    assert "sv-gone" in world.field.render(gone)
    assert world.names("any_of", [str(gone)]) == ["старый"]
    with pytest.raises(Invalid):
        world.add(gone)
    values = {"NAME": "другое имя", "F": gone}
    assert update_element(world.list.pk, row.pk, values, version=1, actor=world.actor).version == 2
    control = world.field.form_field()
    assert "Новый" in control.widget.render("F", gone)
    assert "Новый" not in control.widget.render("F", None)


def test_an_option_of_a_removed_name_is_the_old_one(world: OneField) -> None:
    gone = option("Готов").pk
    world.change(settings={"options": draft(world, Готов=None)})
    world.change(settings={"options": [*draft(world), {"id": None, "name": "готов"}]})
    assert [row["id"] for row in draft(world)][-1] == gone


def test_sorting_follows_the_options(world: OneField) -> None:
    for name in ("Готов", "Новый", "В работе"):
        world.add(option(name).pk, name=name)
    world.add(None, name="пусто")
    assert world.names(sort=[("F", False)]) == ["Новый", "В работе", "Готов", "пусто"]
    world.change(settings={"options": draft(world)[::-1]})
    assert world.names(sort=[("F", False)]) == ["Готов", "В работе", "Новый", "пусто"]


def test_import_adds_options_only_when_told(world: OneField) -> None:
    assert world.from_text(" НОВЫЙ ") == option("Новый").pk
    assert world.from_text("Отложен") == ["Нет варианта «Отложен»."]
    world.change(settings={"grow": True})
    before = world.field
    got = before.from_texts(["Отложен", "отложен", "Готов"], actor=world.actor)
    assert got["Отложен"] == got["отложен"] == option("Отложен").pk
    assert before.clean(got["Отложен"]) == got["Отложен"]
    assert world.field is not before, "other processes must see the new option"


def test_the_default_stands_with_the_options(world: OneField) -> None:
    world.change(settings={"options": draft(world, Готов={"is_default": True})})
    assert world.field.read(world.add()) == option("Готов").pk


def test_the_designers_form(world: OneField) -> None:
    data = QueryDict(mutable=True)
    for row in draft(world):
        data.appendlist("options_id", str(row["id"]))
        data.appendlist("options_name", row["name"])
        data.appendlist("options_color", "nonsense")
        data.appendlist("options_is_default", "")
    data["options_lines"] = "Ещё\n\n  И ещё  "
    form = ChoiceSettings(data, field=world.field.field, actor=world.actor)
    assert form.is_valid(), form.errors
    names = [row["name"] for row in form.cleaned_data["options"]]
    assert names == ["Новый", "В работе", "Готов", "Ещё", "И ещё"]
    assert {row["color"] for row in form.cleaned_data["options"]} == {""}
    data["options_lines"] = "НОВЫЙ"
    twice = ChoiceSettings(data, field=world.field.field, actor=world.actor)
    assert twice.errors["options"] == ["«НОВЫЙ» указан дважды."]
    assert 'value="НОВЫЙ"' in str(twice["options"]), "what was typed stays"


def test_an_option_that_came_meanwhile_stays(world: OneField) -> None:
    """An import with "grow" adds one while the designer, who removes another, has the form."""
    before = ChoiceSettings(field=world.field.field, actor=world.actor)
    page = str(before["options"])
    assert all(f'name="options_seen" value="{row["id"]}"' in page for row in draft(world))
    data = QueryDict(mutable=True)
    for row in draft(world):
        data.appendlist("options_seen", str(row["id"]))
        if row["name"] != "Готов":
            data.appendlist("options_id", str(row["id"]))
            data.appendlist("options_name", row["name"])
            data.appendlist("options_color", "")
            data.appendlist("options_is_default", "")
    world.change(settings={"grow": True})
    world.field.from_texts(["Отложен"], actor=world.actor)
    form = ChoiceSettings(data, field=world.field.field, actor=world.actor)
    assert form.is_valid(), form.errors
    assert str(form["options"]).count("options_seen") == 3, "the next try knows it too"
    assert 'value="Готов"' not in str(form["options"])
    world.change(settings=form.cleaned_data)
    assert [row["name"] for row in draft(world)] == ["Новый", "В работе", "Отложен"]


def test_a_page_of_values_asks_nothing(world: OneField, django_assert_num_queries: Any) -> None:
    field, value = world.field, option("Новый").pk
    with django_assert_num_queries(0):
        for _row in range(50):
            field.render(value)
        str(field.form_field().widget.render("F", value))
        field.order_by(descending=False)


def test_a_copied_list_has_options_of_its_own(world: OneField) -> None:
    world.add(option("В работе").pk)
    copied = copy_list(world.list.pk, actor=world.actor, with_elements=True)
    field = schema_of(copied)["F"]
    (row,) = elements(schema_of(copied), world.actor)
    assert field.to_text(field.read(row)) == "В работе"
    assert field.read(row) != option_id_of(world, "В работе")


def option_id_of(world: OneField, name: str) -> int:
    return FieldOption.objects.get(field=world.field.field, name=name).pk


def test_an_options_name_is_no_code() -> None:
    world = OneField.make("list", settings=rows("<script>alert(1)</script>"))
    (pk,) = world.field.field.options_by_id
    assert "<script" not in world.field.render(pk)
    assert "<script" not in world.field.form_field().widget.render("F", pk)


def test_several_options_are_kept_once_and_in_their_order() -> None:
    """As a form sends them back: else saving it would be a change."""
    world = OneField.make("list", multiple=True, settings=rows("а", "б", "в"))
    first, second, third = world.field.field.options_by_id
    row = world.add([third, first, third])
    assert world.field.read(row) == [first, third]
    assert world.names("any_of", [str(second), str(third)]) == ["x"]
    assert world.names("none_of", [str(second)]) == ["x"]
