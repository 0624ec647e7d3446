"""Writes that a rule of the portal makes, whoever set it off.

The rule was set by somebody who may; nobody's own right on the element is asked. The history
names whoever set it off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from lists_core.models import ElementVersion
from lists_core.schema.compile import Schema
from lists_core.services.elements import apply_values
from lists_core.services.listeners import before_writes
from lists_core.services.saving import save_changed, told
from lists_core.services.values import clean_value
from staff.models import Employee

_writing: ContextVar[bool] = ContextVar("written_by_rule", default=False)


def written_by_rule() -> bool:
    """Whether the write that is going on is a rule's: for listeners that guard its fields."""
    return _writing.get()


@contextmanager
def as_rule() -> Iterator[None]:
    """What is written meanwhile is a rule's."""
    mark = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(mark)


def change_by_rule(
    schema: Schema,
    changes: Sequence[tuple[Any, Mapping[str, Any]]],
    *,
    actor: Employee,
) -> list[Any]:
    """Give rows, which the caller has locked, natural values by code; returns those that differ.

    One statement for all of them, their history and one event. Raises ValidationError.
    """
    differing = [(row, own) for row, values in changes if (own := _put(schema, row, values))]
    if not differing:
        return []
    kind = ElementVersion.Kind.CHANGED
    with as_rule():
        before_writes(kind, schema, differing, actor)
        save_changed(schema, differing, actor)
        told(schema, kind, differing, actor)
    return [row for row, _own in differing]


def _put(schema: Schema, row: Any, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    cleaned = {
        schema[code]: clean_value(schema[code], value, lenient=True)
        for code, value in values.items()
    }
    return apply_values(schema, row, cleaned)
