"""Filters, sorting and search of every type against plain Python."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from lists_core.filters.operators import Arity, Operator
from lists_core.filters.tree import Group, parse_filter
from lists_core.schema.fields import SchemaField
from tests.contract.conftest import World
from tests.contract.samples import Ask
from tests.contract.values import examples, filled, values

SIZE = 25


def test_every_operator_has_an_oracle(world: World) -> None:
    known = {*world.sample.asks, "empty", "not_empty"}
    assert set(world.one.operators) == known


@given(data=st.data())
@examples(4)
def test_filters_find_what_python_finds(world: World, data: st.DataObject) -> None:
    for field in world.fields:
        with transaction.atomic():
            elements = world.fill(
                data.draw(st.lists(values(field), min_size=SIZE, max_size=SIZE)), field
            )
            for operator in field.operators.values():
                check_operator(world, field, operator, elements, data)
            transaction.set_rollback(True)


def check_operator(
    world: World,
    field: SchemaField,
    operator: Operator,
    elements: dict[int, Any],
    data: st.DataObject,
) -> None:
    if operator.slug in {"empty", "not_empty"}:
        wanted = {
            pk for pk, value in elements.items() if (value is None) == (operator.slug == "empty")
        }
        assert asked(world, field, operator.slug, []) == wanted
        return
    ask: Ask = world.sample.asks[operator.slug]
    near = data.draw(filled(field))
    for value in [near, *filter(None, list(elements.values())[:2])]:
        texts = data.draw(ask.texts(field.items(value)[0]))
        if operator.arity is Arity.MANY:
            texts = [*texts, *data.draw(ask.texts(field.items(near)[-1]))]
        assert operator.arity is Arity.NONE or texts
        wanted = {pk for pk, item in elements.items() if ask.holds(field.items(item), texts)}
        assert asked(world, field, operator.slug, texts) == wanted, (
            field.code,
            operator.slug,
            texts,
        )


def asked(world: World, field: SchemaField, slug: str, texts: list[str]) -> set[int]:
    condition = {"field": field.code, "op": slug, "value": texts}
    return set(world.found(parse_filter(json.dumps({"and": [condition]}), world.schema)))


def test_an_opposite_is_everything_else(world: World) -> None:
    """`not` of a filter in a group of its own: nulls fall on exactly one side."""
    field = world.one
    elements = set(world.fill([None, None], field))
    empty = parse_filter(json.dumps({"and": [{"field": "ONE", "op": "empty"}]}), world.schema)
    assert set(world.found(empty)) == elements
    assert set(world.found(Group())) == elements


@given(data=st.data())
@examples(6)
def test_sorting_is_pythons(world: World, data: st.DataObject) -> None:
    field, key = world.one, world.sample.sort_key
    assert (key is not None) == field.sortable
    if key is None:
        return
    titled = field.type.sorted_by_title
    with transaction.atomic():
        elements = world.fill(
            data.draw(st.lists(values(field), min_size=SIZE, max_size=SIZE)), field
        )
        full = sorted(
            (key(field, value), pk) for pk, value in elements.items() if value is not None
        )
        empty = sorted(pk for pk, value in elements.items() if value is None)
        up = [pk for _key, pk in full] + empty
        down = [pk for _key, pk in reversed(full)] + empty[::-1]
        assert world.found(sort=[("ONE", False)]) == up
        assert world.found(sort=[("ONE", True)]) == down
        assert world.walked([("ONE", False)]) == up
        assert world.walked([("ONE", True)]) == down
        for order, descending in ((up, False), (down, True)):
            assert world.by_title([("ONE", descending)]) == (order if titled else None)
        transaction.set_rollback(True)


@given(data=st.data())
@examples(4)
def test_search_finds_readable_text(world: World, data: st.DataObject) -> None:
    """A searchable type answers to a word of its text; every type survives any word."""
    with transaction.atomic():
        for field in world.fields:
            value = data.draw(filled(field))
            (pk,) = world.fill([value], field)
            if field.type.searchable:
                word = max(
                    field.to_text(field.items(value)[0:1] if field.multiple else value).split(),
                    key=len,
                )
                assert pk in world.found(search=word), word
        for word in ("%", "_", "\\", "'", "x" * 300, data.draw(st.text(max_size=20))):
            world.found(search=word)
        transaction.set_rollback(True)
