"""The tree of sections with the numbers of their elements."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count

from lists_core.access import Right, list_rights, remembering
from lists_core.models import List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.selectors.sections import sections_of
from staff.models import Employee


@dataclass
class Branch:
    """A section in its tree: `own` elements of its own, `total` with all sections below.

    `may` tells by the right's name what the person may do in it.
    """

    section: Section
    depth: int
    own: int
    total: int
    children: list[Branch]
    may: dict[str, bool] = field(default_factory=dict)


def section_tree(list_: List, *, actor: Employee) -> list[Branch]:
    """The top sections with everything below and the numbers of readable elements. 2 queries."""
    with remembering():
        return _tree(list_, actor)


def _tree(list_: List, actor: Employee) -> list[Branch]:
    counts = section_counts(list_, actor=actor)
    rights = list_rights(actor, list_.pk)
    branches: dict[int, Branch] = {}
    tops: list[Branch] = []
    for section in sections_of(list_, actor):
        path: list[int] = section.tree_path
        own = counts.get(section.pk, 0)
        branch = branches[section.pk] = Branch(section, len(path) - 1, own, 0, [])
        held = rights.place(section.pk).own
        branch.may = {right.name.lower(): right in held for right in Right}
        siblings = branches[path[-2]].children if len(path) > 1 else tops
        siblings.append(branch)
        for ancestor in path:
            branches[ancestor].total += own
    return tops


def section_counts(list_: List, *, actor: Employee) -> dict[int | None, int]:
    """Section id (None is the root) → how many of its elements the actor may read."""
    rows = elements(schema_of(list_), actor).order_by()
    return dict(rows.values_list("section").annotate(Count("pk")))
