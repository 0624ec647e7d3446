"""The tree of sections with the numbers of their elements."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from lists_core.access import remembering
from lists_core.models import List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.selectors.sections import sections_of
from staff.models import Employee


@dataclass
class Branch:
    """A section in its tree: `own` elements of its own, `total` with all sections below."""

    section: Section
    depth: int
    own: int
    total: int
    children: list[Branch]


def section_tree(list_: List, *, actor: Employee) -> list[Branch]:
    """The top sections with everything below and the numbers of readable elements. 2 queries."""
    with remembering():
        return _tree(list_, actor)


def _tree(list_: List, actor: Employee) -> list[Branch]:
    counts = section_counts(list_, actor=actor)
    branches: dict[int, Branch] = {}
    tops: list[Branch] = []
    for section in sections_of(list_, actor):
        path: list[int] = section.tree_path
        own = counts.get(section.pk, 0)
        branch = branches[section.pk] = Branch(section, len(path) - 1, own, 0, [])
        siblings = branches[path[-2]].children if len(path) > 1 else tops
        siblings.append(branch)
        for ancestor in path:
            branches[ancestor].total += own
    return tops


def section_counts(list_: List, *, actor: Employee) -> dict[int | None, int]:
    """Section id (None is the root) → how many of its elements the actor may read."""
    rows = elements(schema_of(list_), actor).order_by()
    return dict(rows.values_list("section").annotate(Count("pk")))
