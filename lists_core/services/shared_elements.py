"""Making an element and naming who else may read it, at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, list_rights
from lists_core.models import Element, List
from lists_core.selectors.rights import grants_on
from lists_core.services.elements import close_as, create_element, locked_row, open_list
from lists_core.services.rights import set_element_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Invalid


def offers_readers(actor: Employee, list_: List) -> bool:
    """Whether makers of elements manage the access to them, as the list or a section grants."""
    rights = list_rights(actor, list_.pk)
    return not rights.administrator and any(Right.ACCESS in p.author for p in rights.places)


@transaction.atomic
def create_shared_element(
    list_id: int,
    values: Mapping[str, Any],
    readers: Collection[Subject],
    *,
    actor: Employee,
    section_id: int | None = None,
    copy_of: int | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> Any:
    """Add an element that `readers` may view besides those whom its place lets in.

    A copy (`copy_of` is the original's id) stays as closed as its original.
    Raises what create_element and set_element_rights raise; then nothing is made.
    """
    row = create_element(list_id, values, actor=actor, section_id=section_id, fixed=fixed)
    if copy_of is not None:
        _list, schema = open_list(list_id)
        close_as(schema, locked_row(schema, copy_of, actor), row)
    if readers:
        place = list_rights(actor, list_id).place(section_id)
        if Right.ACCESS not in place.of(is_author=True):
            raise Invalid({"readers": [_("Here you cannot choose who else may read it.")]})
        grants = {subject: frozenset({Right.VIEW}) for subject in readers}
        grants = {**grants_on(Element, row.pk), **grants}
        set_element_rights(list_id, row.pk, grants, restricted=row.restricted, actor=actor)
    return row
