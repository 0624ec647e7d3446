"""Reading the bin of a list's elements."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from lists_core.access import Right, allowed
from lists_core.filters.search import search_q
from lists_core.schema.compile import Schema
from staff.models import Employee


def binned(schema: Schema, actor: Employee) -> QuerySet[Any]:
    """The elements in the bin that the actor might read if they were not there."""
    rows: QuerySet[Any] = schema.model.objects.exclude(deleted_at=None)
    return rows.filter(allowed(actor, Right.VIEW, schema))


def bin_of(schema: Schema, *, actor: Employee, search: str = "") -> QuerySet[Any]:
    """The same, those deleted last first; `search` as in the list's own box."""
    rows = binned(schema, actor).order_by("-deleted_at", "-pk")
    return rows.filter(search_q(schema, search, actor)) if search else rows
