"""Titles of the things that values refer to: one query a kind, however many fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lists_core.field_types.base import Title
from svod.base.registry import Registry

if TYPE_CHECKING:
    from staff.models import Employee

Scope = int | None
"""Which of several tables the ids belong to: the id of the target list, or None."""

Wanted = Mapping[Scope, set[Any]]
Found = dict[tuple[Scope, Any], Title]


class ReferenceKind:
    """One kind of thing that values point to (elements, employees, files, …)."""

    slug: str = ""

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        """Titles of those ids that the actor may see, in a fixed number of queries."""
        raise NotImplementedError(f"{type(self).__name__} loads nothing")


references: Registry[ReferenceKind] = Registry("reference kind")
