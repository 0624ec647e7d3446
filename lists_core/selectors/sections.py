"""Reading the tree of sections."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from lists_core.access import Right, Rights, list_rights
from lists_core.access.profile import Place
from lists_core.models import List, Section
from staff.models import Employee
from svod.base.errors import NotFound

BELOW = """
    WITH RECURSIVE below (id) AS (
        SELECT id FROM lists_core_section WHERE list_id = %s AND id = %s
        UNION SELECT child.id FROM lists_core_section AS child JOIN below
            ON child.parent_id = below.id
    )
    SELECT id FROM below
"""


def sections_of(list_: List, actor: Employee) -> QuerySet[Section]:
    """The sections that the actor knows, in tree order, each with `tree_depth` and `tree_path`."""
    sections: QuerySet[Section] = Section.objects.with_tree_fields().filter(list=list_)
    known = list_rights(actor, list_.pk).known
    return sections if known is None else sections.filter(pk__in=known)


def access_section(list_: List, section_id: int) -> Section:
    """A section for a service, which checks the rights in it; NotFound when there is none."""
    section: Section | None = Section.objects.filter(list=list_, pk=section_id).first()
    if section is None:
        raise NotFound
    return section


def visible_section(list_: List, section_id: int, actor: Employee) -> Section:
    """A section that the actor knows; NotFound otherwise."""
    if not list_rights(actor, list_.pk).knows(section_id):
        raise NotFound
    return access_section(list_, section_id)


def section_path(section: Section) -> list[Section]:
    """From the top of the tree down to the section itself, for breadcrumbs. One query."""
    return list(section.ancestors(include_self=True))


def subtree_ids(list_id: int, section_id: int) -> list[int]:
    """The section's id and those of everything below it. One query, without the order of the
    tree, which every page of a section would pay for."""
    with connection.cursor() as cursor:
        cursor.execute(BELOW, [list_id, section_id])
        return [pk for (pk,) in cursor.fetchall()]


def section_choices(
    list_: List, actor: Employee, *, right: Right, without: int = 0, keep: int | None = None
) -> list[tuple[int, str]]:
    """Ids with indented names, in tree order, for a select: where the actor has the right.

    `without` leaves a subtree out; `keep` is there in any case when the actor knows it.
    """
    rights = list_rights(actor, list_.pk)
    return [
        (section.pk, "\u2003" * section.tree_depth + section.name)
        for section in sections_of(list_, actor)
        if without not in section.tree_path
        and (right in _held(rights.place(section.pk), right) or section.pk == keep)
    ]


def _held(place: Place, right: Right) -> Rights:
    """To change a section takes a grant; a role lends rights on elements alone."""
    return place.own if right in {Right.CHANGE, Right.DELETE} else place.on_some
