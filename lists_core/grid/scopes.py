"""A part of a list that another page shows as a table: what is bound to a deal.

An upper app registers what a scope means:

    scope_kinds.register(BoundScope())

The state of a grid carries its scope (`scope=crm-D_12`), so all that works with a state stays
inside it: pages, counts, filters, changes of all found, jobs, exports, the form of a new element.
The page that shows the part sets the scope itself, whatever stands in its address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from lists_core.schema.compile import Schema
from staff.models import Employee
from svod.base.registry import Registry

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Scope:
    """`text` as it stands in addresses, `rows` over the list's table; `values` (by code) are what
    a new element of it begins with."""

    text: str
    rows: Q = NOTHING
    values: Mapping[str, Any] = field(default_factory=dict)


class ScopeKind:
    """The scopes whose text is `<slug>-<key>`."""

    slug: str = ""

    def rows(self, schema: Schema, key: str) -> Scope | None:
        """The scope in a list as one person may read it (`schema`); None where it has none, as
        when the field that it goes by is hidden from them."""
        raise NotImplementedError(f"{type(self).__name__} finds nothing")

    def title(self, key: str, actor: Employee) -> str:
        """What the part belongs to, as this person may know it."""
        raise NotImplementedError(f"{type(self).__name__} has no titles")


scope_kinds: Registry[ScopeKind] = Registry("kind of scope")


def read_scope(text: str, schema: Schema) -> Scope | None:
    """The scope of an address. None when there is none like it: then nothing is to be shown, for
    the whole list is not what was asked for."""
    slug, _dash, key = text.partition("-")
    return scope_kinds.get(slug).rows(schema, key) if slug in scope_kinds else None


def given_values(scope: Scope | None, schema: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a new element of the part begins with: values that the person might give as well, and
    those of fields that they may not change."""
    values = dict(scope.values) if scope else {}
    own = {field.code for field in schema.changeable}
    return (
        {code: value for code, value in values.items() if code in own},
        {code: value for code, value in values.items() if code not in own},
    )


def scope_title(scope: Scope, actor: Employee) -> str:
    slug, _dash, key = scope.text.partition("-")
    known = slug in scope_kinds and scope.rows is not NOTHING
    return scope_kinds.get(slug).title(key, actor) if known else scope.text
