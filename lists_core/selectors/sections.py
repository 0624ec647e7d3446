"""Reading the tree of sections."""

from __future__ import annotations

from django.db.models import QuerySet

from lists_core.models import List, Section
from svod.base.errors import NotFound


def sections_of(list_: List) -> QuerySet[Section]:
    """All sections in tree order, each with `tree_depth` and `tree_path`. One query."""
    sections: QuerySet[Section] = Section.objects.with_tree_fields().filter(list=list_)
    return sections


def access_section(list_: List, section_id: int) -> Section:
    section: Section | None = Section.objects.filter(list=list_, pk=section_id).first()
    if section is None:
        raise NotFound
    return section


def section_path(section: Section) -> list[Section]:
    """From the top of the tree down to the section itself, for breadcrumbs. One query."""
    return list(section.ancestors(include_self=True))


def subtree_ids(list_id: int, section_id: int) -> list[int]:
    """The section's id and those of everything below it."""
    section = Section.objects.filter(list=list_id, pk=section_id).first()
    if section is None:
        return []
    return list(section.descendants(include_self=True).values_list("pk", flat=True))


def section_choices(list_: List, *, without: int = 0) -> list[tuple[int, str]]:
    """Ids with indented names, in tree order, for a select; `without` leaves a subtree out."""
    return [
        (section.pk, "\u2003" * section.tree_depth + section.name)
        for section in sections_of(list_)
        if without not in section.tree_path
    ]
