"""Settings forms and controls of every type, as a browser meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from lists_core.field_types.base import field_types
from lists_core.models import Field
from lists_core.schema.cache import schema_of
from lists_core.schema.fields import SchemaField
from lists_core.services import fields
from svod.templatetags.ui import field as whole_field
from tests.contract.browser import parsed, posted
from tests.contract.conftest import World
from tests.contract.values import examples, filled, outcome, refused

ANY_TEXT = st.one_of(
    st.text(max_size=30),
    st.text("0123456789.,-+eE%|;:@/<>\\'\"\x00 рубRUB$", max_size=20),
)


def form_of(field: SchemaField, *args: Any, **kwargs: Any) -> forms.Form:
    class Probe(forms.Form):
        x = field.form_field()

    return Probe(*args, **kwargs)


def accepted(field: SchemaField, data: Any) -> Any:
    """The value a service would store; raises ValidationError."""
    form = form_of(field, data)
    if not form.is_valid():
        raise ValidationError(form.errors["x"].as_data())
    return field.clean(form.cleaned_data["x"])


def test_settings_form_saves_and_opens_again(world: World) -> None:
    type_ = field_types.get(world.sample.slug)
    raw = {**world.sample.settings_post, **world.sample.prepare(world.actor)}
    data = QueryDict(mutable=True)
    for name, value in raw.items():
        data.setlist(f"settings-{name}", value if isinstance(value, list) else [str(value)])
    form = type_.SettingsForm(data, prefix="settings", field=world.one.field, actor=world.actor)
    assert form.is_valid(), form.errors
    settings = json.loads(json.dumps(form.cleaned_data))
    assert settings == form.cleaned_data
    field = fields.create_field(
        world.list.pk, type_.slug, actor=world.actor, name="С", settings=settings
    )
    saved = Field.objects.get(pk=field.pk)
    again = type_.SettingsForm(
        initial=saved.settings, prefix="settings", field=saved, actor=world.actor
    )
    sent = posted(again.as_div())
    form = type_.SettingsForm(sent, prefix="settings", field=saved, actor=world.actor)
    assert form.is_valid(), form.errors
    fields.update_field(field.pk, actor=world.actor, settings=form.cleaned_data)
    assert Field.objects.get(pk=field.pk).settings == saved.settings


def test_a_field_without_settings_works(world: World) -> None:
    """What a REST client or an old row may have: no settings at all."""
    bare = SchemaField.of(Field(list=world.list, type=world.sample.slug, column="f0", code="X"))
    assert str(form_of(bare)["x"])
    assert bare.default() is None
    assert bare.columns


@given(data=st.data())
@examples(8)
def test_a_control_sends_back_what_it_shows(world: World, data: st.DataObject) -> None:
    for field in world.open_fields:
        value = data.draw(filled(field))
        for html in rendered(form_of(field, initial={"x": value})):
            assert accepted(field, posted(html)) == value


@given(data=st.data())
@examples(4)
def test_a_control_keeps_a_concealed_value_without_showing_it(
    world: World, data: st.DataObject
) -> None:
    for field in [field for field in world.fields if field.type.concealed]:
        value = data.draw(filled(field))
        typed = form_of(field, {"x": "canary"}, initial={"x": value})
        for html in [*rendered(form_of(field, initial={"x": value})), *rendered(typed)]:
            assert "canary" not in html
            assert value.token not in html
            form = form_of(field, posted(html), initial={"x": value})
            assert form.is_valid()
            assert form.cleaned_data["x"] is value
            assert not form.has_changed()


def rendered(form: forms.Form) -> list[str]:
    """The bare control, and the whole field as the portal's templates draw it."""
    return [str(form["x"]), draw(form)]


def draw(form: forms.Form) -> str:
    from django.template.loader import render_to_string

    return render_to_string("components/field.html", whole_field(form["x"]))


def test_an_empty_control_is_empty(world: World) -> None:
    for field in world.fields:
        if field.field.type == "boolean":
            continue  # a switch always answers
        for html in rendered(form_of(field)):
            assert accepted(field, posted(html)) is None


def test_required_is_minded(world: World) -> None:
    for field in world.fields:
        if field.field.type == "boolean" or field.type.automatic:
            continue
        with pytest.raises(ValidationError):
            field.form_field(required=True).clean(
                field.form_field().widget.value_from_datadict(QueryDict(), {}, "x")
            )


@given(data=st.data())
@examples(12)
def test_bad_input_is_an_error_and_stays_on_the_screen(world: World, data: st.DataObject) -> None:
    text = data.draw(ANY_TEXT)
    for field in world.fields:
        sent = everywhere(field, text)
        value = outcome(lambda: accepted(field, sent))  # noqa: B023 - called at once
        if not refused(value):
            with transaction.atomic():
                (pk,) = world.fill([value], field)
                kept = field.read(schema_of(world.list).model.objects.get(pk=pk))
                assert kept == value or (field.type.concealed and kept is not None)
                transaction.set_rollback(True)
        assert str(form_of(field, sent)["x"])


def everywhere(field: SchemaField, text: str) -> QueryDict:
    """The text in every input of the control."""
    data = QueryDict(mutable=True)
    html = str(form_of(field)["x"])
    for name in {name for tag, own in parsed(html).tags if (name := own.get("name"))}:
        data.appendlist(name, text)
    return data


def test_known_bad_inputs_are_refused(world: World) -> None:
    for text in world.sample.bad_texts:
        for field in world.fields:
            sent = everywhere(field, text)
            assert refused(outcome(lambda: accepted(field, sent))), text[:50]  # noqa: B023
            assert draw(form_of(field, sent))


def test_every_input_has_a_name_for_those_who_cannot_see(world: World) -> None:
    for field in world.fields:
        html = draw(form_of(field))
        tags = parsed(html).tags
        labelled = {own.get("for") for tag, own in tags if tag == "label"}
        for tag, own in tags:
            if tag in {"input", "select", "textarea"} and own.get("type") != "hidden":
                inside = "<label" in html and own.get("type") in {"radio", "checkbox"}
                assert own.get("aria-label") or own.get("id") in labelled or inside, (tag, own)
    ids = [own["id"] for tag, own in tags if own.get("id")]
    assert len(ids) == len(set(ids))


def test_a_default_fills_new_elements(world: World) -> None:
    for field in world.fields:
        if not field.type.default_allowed:
            continue
        value = world.sample.values(field).filter(lambda item: item is not None)
        check_default(world, field, value)


def check_default(world: World, field: SchemaField, value: st.SearchStrategy[Any]) -> None:
    @given(value)
    @examples(1)
    def check(item: Any) -> None:
        wanted = [item] if field.multiple else item
        fields.update_field(field.field.pk, actor=world.actor, default=field.to_json(wanted))
        world.list.refresh_from_db()
        assert schema_of(world.list)[field.code].default() == wanted

    check()
