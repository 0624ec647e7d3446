"""From the parameters that a designer stored to those that an action works with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from workflows.actions.base import Action, ActionParams, Shown
from workflows.engine.errors import Fatal
from workflows.formulas.errors import FormulaError
from workflows.values import Scope, is_dynamic, resolve


def shown(field: FieldInfo) -> Shown:
    """The `Shown` mark of a parameter."""
    return next(mark for mark in field.metadata if isinstance(mark, Shown))


def read_params(action: Action, raw: Mapping[str, Any], scope: Scope) -> ActionParams:
    """The parameters with placeholders put in. Raises Fatal, naming the parameter."""
    fields = action.Params.model_fields
    values = {
        name: value if name in fields and shown(fields[name]).raw else _given(name, value, scope)
        for name, value in raw.items()
    }
    # An empty control is an absent parameter; an empty value that one asked for is a value.
    needed = {name for name, field in fields.items() if field.is_required()}
    given = {
        name: value
        for name, value in values.items()
        if value not in (None, "") or (name in needed and is_dynamic(raw[name]))
    }
    try:
        return action.Params.model_validate(given)
    except ValidationError as error:
        texts = [
            problem(
                action,
                one["loc"][0],
                missing=one["input"] in (None, "") or one["type"] == "missing",
            )
            for one in error.errors()
        ]
        raise Fatal("; ".join(texts)) from error


def _given(name: str, value: Any, scope: Scope) -> Any:
    try:
        return resolve(value, scope)
    except FormulaError as error:
        raise Fatal(f"{name}: {error}") from error


def check_params(action: Action, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(parameter, what is wrong with it) as far as it shows before the process runs."""
    fields = action.Params.model_fields
    yield from ((name, _("No such parameter.")) for name in raw if name not in fields)
    for name, field in fields.items():
        value = raw.get(name)
        if value in (None, "", []):
            if field.is_required():
                yield name, problem(action, name, missing=True)
        elif not _fits(field, value):
            yield name, problem(action, name)
    yield from action.mistakes(raw)


def problem(action: Action, name: Any, *, missing: bool = False) -> str:
    field = action.Params.model_fields.get(str(name))
    label = str(shown(field).label) if field else str(name)
    text = _("“%(name)s” is not filled in.") if missing else _("“%(name)s” has a wrong value.")
    return text % {"name": label}


def _fits(field: FieldInfo, value: Any) -> bool:
    # Nothing is put into raw parameters, so they must fit as they stand.
    if is_dynamic(value) or (not shown(field).raw and _has_dynamic(value)):
        return True
    try:
        TypeAdapter(field.rebuild_annotation()).validate_python(value)
    except ValidationError:
        return False
    return True


def _has_dynamic(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_dynamic(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_dynamic(item) for item in value)
    return is_dynamic(value)
