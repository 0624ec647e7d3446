"""The tree of sections beside the grid."""

from __future__ import annotations

from dataclasses import dataclass, field

from lists_core.grid.page import Grid
from lists_core.models import Section
from lists_core.selectors.sections import sections_of


@dataclass
class Branch:
    """A section with its subsections; `open` when the current one lies below it."""

    section: Section
    query: str
    current: bool
    open: bool = False
    children: list[Branch] = field(default_factory=list)


@dataclass(frozen=True)
class SectionTree:
    """`path` leads from the root to the current section; `choices` is the tree as a flat list
    of (query, indented name, is current) for a narrow screen."""

    branches: list[Branch]
    path: list[Branch]
    whole_query: str
    loose_query: str
    sub_query: str
    choices: list[tuple[str, str, bool]]


def section_tree(grid: Grid) -> SectionTree | None:
    """None when the list has no sections. One query."""
    if not grid.list_.has_sections:
        return None
    state = grid.state
    known: dict[int, Branch] = {}
    top: list[Branch] = []
    choices: list[tuple[str, str, bool]] = []
    for section in sections_of(grid.list_, grid.actor):
        branch = Branch(section, state.query(section=section.pk), section.pk == state.section)
        known[section.pk] = branch
        parent = known.get(section.parent_id or 0)
        (parent.children if parent else top).append(branch)
        indent = "\u2003" * (len(section.tree_path) - 1)
        choices.append((branch.query, indent + section.name, branch.current))
    return SectionTree(
        top,
        _path(known, state.section),
        whole_query=state.query(section=None),
        loose_query=state.query(section=0),
        sub_query=state.query(sub=not state.sub),
        choices=choices,
    )


def _path(known: dict[int, Branch], current: int | None) -> list[Branch]:
    """The branches from the top to the current one, all marked as open."""
    branch = known.get(current or 0)
    path = [known[pk] for pk in branch.section.tree_path if pk in known] if branch else []
    for step in path:
        step.open = True
    return path
