"""Reading the tree of sections."""

from __future__ import annotations

from django.db.models import QuerySet

from lists_core.models import List, Section
from svod.base.errors import NotFound


def sections_of(list_: List) -> QuerySet[Section]:
    """All sections in tree order, each with `tree_depth` and `tree_path`. One query."""
    return Section.objects.with_tree_fields().filter(list=list_)


def access_section(list_: List, section_id: int) -> Section:
    section = Section.objects.filter(list=list_, pk=section_id).first()
    if section is None:
        raise NotFound
    return section


def subtree_ids(list_id: int, section_id: int) -> list[int]:
    """The section's id and those of everything below it."""
    section = Section.objects.filter(list=list_id, pk=section_id).first()
    if section is None:
        return []
    return list(section.descendants(include_self=True).values_list("pk", flat=True))
