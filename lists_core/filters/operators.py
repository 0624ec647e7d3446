"""Operators: what a condition may ask of a field.

An operator knows how many arguments it takes, which controls ask for them, and how to
turn cleaned arguments into a Q over the field's columns. Field types choose from these
families and add their own (map: within a radius).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.controls import show_to
from lists_core.field_types.texts import TextField

if TYPE_CHECKING:
    from lists_core.schema.fields import SchemaField
    from staff.models import Employee


class Arity(Enum):
    """How many arguments a condition takes."""

    NONE = 0
    ONE = 1
    TWO = 2
    MANY = 3


@dataclass(frozen=True)
class Asked:
    """One condition with its cleaned arguments, and who asks when (for "me" and "today").

    `args` are natural values of the operator's control: none, one, two (either may be
    None in a range) or many.
    """

    field: SchemaField
    args: Sequence[Any]
    actor: Employee
    now: datetime

    @property
    def column(self) -> str:
        return self.field.main_column

    @property
    def multiple(self) -> bool:
        return self.field.multiple

    @property
    def value(self) -> Any:
        return self.args[0]

    def lookup(self, name: str, value: Any) -> Q:
        """`column <name> value`, on any item when the field is multiple."""
        name = f"any_{name}" if self.multiple else name
        return Q.create([(f"{self.column}__{name}", value)])


@dataclass(frozen=True)
class Operator:
    """`control` builds the form field of one argument; None takes the field type's own."""

    slug: str
    label: str | Promise
    arity: Arity
    build: Callable[[Asked], Q]
    control: Callable[[SchemaField], forms.Field] | None = None

    def form_field(self, field: SchemaField, *, actor: Employee | None = None) -> forms.Field:
        """The control of ONE argument of this operator; titles in it are for the actor's eyes."""
        if self.control:
            return self.control(field)
        control = field.type.form_field(field.field, required=True)
        if actor is not None:
            show_to(control, actor)
        return control


def text_control(field: SchemaField) -> forms.Field:
    return TextField(longest=500)


def days_control(field: SchemaField) -> forms.Field:
    return forms.IntegerField(min_value=0, max_value=36500)


def _empty(asked: Asked) -> Q:
    return Q.create([(f"{asked.column}__isnull", True)])


def _any_of(asked: Asked) -> Q:
    if asked.multiple:
        return Q.create([(f"{asked.column}__overlap", list(asked.args))])
    return Q.create([(f"{asked.column}__in", list(asked.args))])


def _between(asked: Asked) -> Q:
    low, high = asked.args
    if low is not None and high is not None:
        return asked.lookup("range", (low, high))
    return asked.lookup("gte", low) if high is None else asked.lookup("lte", high)


def comparison(slug: str, label: str | Promise, lookup: str) -> Operator:
    return Operator(slug, label, Arity.ONE, lambda asked: asked.lookup(lookup, asked.value))


def text(slug: str, label: str | Promise, lookup: str, *, negated: bool = False) -> Operator:
    """A case-blind comparison of text."""

    def build(asked: Asked) -> Q:
        found = asked.lookup(lookup, asked.value)
        return ~found if negated else found

    return Operator(slug, label, Arity.ONE, build, text_control)


EMPTY = Operator("empty", _("is empty"), Arity.NONE, _empty)
NOT_EMPTY = Operator("not_empty", _("is filled"), Arity.NONE, lambda asked: ~_empty(asked))
PRESENCE = (EMPTY, NOT_EMPTY)

EQUALS = Operator("eq", _("equals"), Arity.ONE, _any_of)
NOT_EQUALS = Operator("ne", _("does not equal"), Arity.ONE, lambda asked: ~_any_of(asked))
LESS = comparison("lt", _("less than"), "lt")
LESS_OR_EQUAL = comparison("lte", _("at most"), "lte")
GREATER = comparison("gt", _("greater than"), "gt")
GREATER_OR_EQUAL = comparison("gte", _("at least"), "gte")
BETWEEN = Operator("between", _("between"), Arity.TWO, _between)
NUMERIC = (
    EQUALS,
    NOT_EQUALS,
    GREATER,
    GREATER_OR_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    BETWEEN,
    *PRESENCE,
)

ANY_OF = Operator("any_of", _("any of"), Arity.MANY, _any_of)
NONE_OF = Operator("none_of", _("none of"), Arity.MANY, lambda asked: ~_any_of(asked))
CHOICE = (ANY_OF, NONE_OF, *PRESENCE)

CONTAINS = text("contains", _("contains"), "icontains")
NOT_CONTAINS = text("not_contains", _("does not contain"), "icontains", negated=True)
STARTS_WITH = text("starts", _("starts with"), "istartswith")
TEXT_EQUALS = text("eq", _("equals"), "iexact")
TEXT_NOT_EQUALS = text("ne", _("does not equal"), "iexact", negated=True)
TEXT = (CONTAINS, NOT_CONTAINS, STARTS_WITH, TEXT_EQUALS, TEXT_NOT_EQUALS, *PRESENCE)
