"""Text, JSON and HTML forms of every type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from lists_core.models import Field
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import titles_of
from tests.contract.browser import parsed
from tests.contract.conftest import World
from tests.contract.samples import SAMPLES
from tests.contract.values import examples, filled, outcome, refused
from tests.contract.xss import CORPUS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
    | st.sampled_from(["\ud800", "a\x00", "5|RUB", "1, 2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["lat", "lon", "amount", "currency", "id"]), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def text_of(world: World, field: SchemaField, value: Any) -> str:
    titles = titles_of([(field, value)], actor=world.actor).get(field.key, {})
    return field.to_text(value, titles)


@given(data=st.data())
@examples(12)
def test_a_text_comes_back_as_the_value(world: World, language: str, data: st.DataObject) -> None:
    plain = world.sample.in_text
    for field in [field for field in world.open_fields if field.type.importable]:
        value = data.draw(filled(field))
        if field.multiple and any(";" in text_of(world, world.one, item) for item in value):
            continue  # the sign between values
        text = text_of(world, field, value)
        got = field.from_texts([text], actor=world.actor)[text]
        assert not isinstance(got, ValidationError), (text, got)
        assert [plain(item) for item in field.items(field.clean(got))] == [
            plain(item) for item in field.items(value)
        ]


def test_an_empty_text_is_an_empty_value(world: World) -> None:
    for field in world.fields:
        for text in ("", "  "):
            value = field.from_texts([text], actor=world.actor)[text]
            assert field.clean(value) is None


@given(text=st.text(max_size=30))
@examples(15)
def test_any_text_is_a_value_or_an_error(world: World, text: str) -> None:
    for field in world.fields:
        value = field.from_texts([text], actor=world.actor)[text]
        if not refused(value):
            outcome(lambda: field.clean(value))  # noqa: B023 - called at once


@given(data=st.data())
@examples(12)
def test_json_comes_back_as_the_value(world: World, data: st.DataObject) -> None:
    for field in world.open_fields:
        value = data.draw(filled(field))
        assert field.clean(value) == value
        raw = json.loads(json.dumps(field.to_json(value)))
        assert field.clean(field.from_json(raw)) == value
        assert field.to_json(None) is None
        assert field.from_json(None) is None


def test_known_bad_json_is_refused(world: World) -> None:
    for raw in world.sample.bad_json:
        for field in world.fields:
            given = [raw] if field.multiple else raw
            value = outcome(lambda: field.clean(field.from_json(given)))  # noqa: B023
            assert refused(value), raw


@given(raw=JSON)
@examples(40)
def test_any_json_is_a_value_or_an_error(world: World, raw: Any) -> None:
    for field in world.fields:
        value = outcome(lambda: field.clean(field.from_json(raw)))  # noqa: B023
        if not refused(value):
            json.dumps(field.to_json(value))


def test_a_concealed_value_is_told_by_nothing(world: World, language: str) -> None:
    """What the flag promises: one text for every value, and that text is no value."""
    if not world.one.type.concealed:
        return
    field, told = world.one, set()
    for canary in ("canary-one", "canary-two-which-is-longer"):
        value = field.from_texts([canary], actor=world.actor)[canary]
        told |= {field.to_text(value), field.to_cell(value), field.to_json(value), str(value)}
        (pk,) = world.fill([value], field)
        kept = field.read(world.schema.model.objects.get(pk=pk))
        for html in (field.render(value), f"{value!r}", repr([kept]), json.dumps([str(kept)])):
            assert canary not in html
        assert canary not in str(vars(world.schema.model.objects.get(pk=pk)))
        assert refused(outcome(lambda: field.clean(kept))), "a kept value is not copied"  # noqa: B023
    (mask,) = told
    assert refused(field.from_texts([mask], actor=world.actor)[mask])
    assert refused(outcome(lambda: field.clean(field.from_json(mask))))
    type_ = field.type
    for flag in ("sortable", "searchable", "unique_allowed", "default_allowed"):
        assert not getattr(type_, flag), flag
    assert set(field.operators) <= {"empty", "not_empty"}
    assert type_.carry(field.field, field.field, value) is None


@given(data=st.data())
@examples(6)
def test_columns_keep_the_value(world: World, data: st.DataObject) -> None:
    for field in world.fields:
        value = data.draw(filled(field))
        (pk,) = world.fill([value], field)
        row = world.schema.model.objects.get(pk=pk)
        assert field.type.concealed or field.read(row) == value
        cell = field.to_cell(value)
        assert (
            cell == ""
            or isinstance(cell, str | int)
            or hasattr(cell, "as_tuple")
            or hasattr(cell, "isoformat")
        )


@given(data=st.data())
@examples(6)
def test_values_are_shown_as_safe_html(world: World, language: str, data: st.DataObject) -> None:
    for field in world.fields:
        value = data.draw(filled(field))
        titles = titles_of([(field, value)], actor=world.actor).get(field.key, {})
        assert_harmless(field.render(value, titles))
        assert field.render(None) == ""


@pytest.mark.parametrize("evil", CORPUS)
def test_no_text_becomes_code(evil: str) -> None:
    for slug in [slug for slug, sample in SAMPLES.items() if sample.free_text]:
        field = SchemaField.of(Field(type=slug, column="f1", code="X"))
        for value in (evil, f"https://a.example/{evil}", f"a@b.example{evil}", f"<p>{evil}</p>"):
            try:
                kept = field.clean(value)
            except ValidationError:
                kept = None
            # What stands in an old row may never have been cleaned: it is shown safely too.
            for shown in (kept, value):
                if shown is not None:
                    assert_harmless(field.render(shown))


HARMLESS_TAGS = {
    "a", "span", "div", "p", "br", "hr", "b", "strong", "i", "em", "u", "s", "del", "sub", "sup",
    "mark", "code", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li",
    "img", "sv-secret", "table", "thead", "tbody", "tr", "th", "td", "svg", "use", "time",
}  # fmt: skip
SCHEMES = ("http://", "https://", "mailto:", "tel:", "geo:", "/", "#")


def assert_harmless(html: str) -> None:
    for tag, own in parsed(html).tags:
        assert tag in HARMLESS_TAGS, html
        assert not {"style", "srcset", "id", "srcdoc", "action", "formaction"} & set(own), html
        assert not any(name.startswith(("on", "hx-")) for name in own), html
        for name in {"href", "src"} & set(own):
            address = (own[name] or "").lower()
            assert address.startswith(SCHEMES), html
            assert name == "href" or not address.startswith(("http", "//", "/\\")), html


def test_every_type_takes_or_refuses_the_texts_of_every_other(world: World) -> None:
    """A change of type: what does not fit is an error, never a failure."""
    texts = all_texts(world)
    for field in world.fields:
        for text, value in field.from_texts(texts, actor=world.actor).items():
            if not isinstance(value, ValidationError):
                assert field.clean(value) == value or field.clean(value) is None, text


TEXTS: set[str] = set()


def all_texts(world: World) -> set[str]:
    """Some texts of the types that stand on their own."""
    if not TEXTS:
        for slug in ("string", "number", "date", "datetime", "money", "phone", "email", "url",
                     "html", "map_point", "boolean", "counter"):  # fmt: skip
            gather(SchemaField.of(Field(type=slug, column="f1", code="X")))
    return TEXTS


def gather(field: SchemaField) -> None:
    @given(filled(field))
    @examples(6)
    def some(value: Any) -> None:
        TEXTS.add(field.to_text(value))

    some()
