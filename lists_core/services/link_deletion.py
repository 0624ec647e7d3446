"""A value replaced by another in all lists, and deleted: the merge of two values."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lists_core.access import Right
from lists_core.field_types.pickers import ID_DIGITS
from lists_core.field_types.references import references
from lists_core.jobs.base import job_kinds
from lists_core.models import Job, List
from lists_core.selectors.elements import access_element
from lists_core.selectors.linking import ELEMENT, SECTION, linking_rows
from lists_core.selectors.lists import access_list
from lists_core.selectors.sections import visible_section
from lists_core.services.elements import delete_elements
from lists_core.services.jobs import run_at_once, start_job
from lists_core.services.link_writes import Replacing
from lists_core.services.section_deletion import delete_section, is_long
from lists_core.services.sections import require_in
from staff.models import Employee
from svod.base.errors import Invalid

#: More links than this are work for a job that is watched.
AT_ONCE = 200
TO_BIN, TO_PARENT = "bin", "parent"


def replace_value(
    list_: List,
    kind: str,
    target: int,
    new: int | None,
    *,
    actor: Employee,
    delete: str = "",
) -> Job:
    """Put `new` (None empties) where the target is named, in all lists; then the target is
    deleted if `delete` says so: TO_BIN, or for a section TO_PARENT when its content may go to
    the section above. A job: over already where there is little to do.

    Fields whose designer lets deletion write to them are written whoever asks, others where the
    actor may change the element. Raises NotFound, Forbidden, Invalid.
    """
    asked = Replacing(kind, list_.pk, frozenset({target}), new)
    check_replacing(asked, actor=actor)
    params = {"of": kind, "ids": [target], "new": new, "delete": delete}
    many = linking_rows(list_.pk, kind, [target], limit=AT_ONCE + 1) > AT_ONCE
    many = many or (kind == SECTION and delete == TO_PARENT and is_long(list_, target))
    start = start_job if many else run_at_once
    return start(job_kinds.get("link_replace").slug, actor=actor, list_=list_, **params)


def check_replacing(asked: Replacing, *, actor: Employee) -> None:
    """Raise NotFound or Forbidden unless the actor may delete what is replaced, Invalid for a
    replacement that they do not see or that is replaced itself."""
    for pk in asked.old:
        _check_right(asked, pk, actor)
    if asked.new is None:
        return
    known = _sees(asked, asked.new, actor)
    if asked.new in asked.old or not known:
        raise Invalid({"new": [_("Choose from the list: this is not available.")]})


def _check_right(asked: Replacing, pk: int, actor: Employee) -> None:
    if asked.kind == ELEMENT:
        access_element(actor, Right.DELETE, asked.target, pk)
        return
    list_ = access_list(actor, Right.VIEW, asked.target)
    visible_section(list_, pk, actor)
    require_in(actor, Right.DELETE, list_, pk)


def _sees(asked: Replacing, pk: int, actor: Employee) -> bool:
    if len(str(pk)) > ID_DIGITS:
        return False
    wanted: dict[Any, set[Any]] = {asked.target: {pk}}
    found = references.get(asked.kind).load(wanted, actor=actor)
    return (asked.target, pk) in found


def finish(asked: Replacing, how: str, *, actor: Employee) -> None:
    """Delete what was replaced. Raises what deletion raises: Linked where it is still used."""
    for pk in asked.old:
        if asked.kind == SECTION:
            parent = how == TO_PARENT
            delete_section(asked.target, pk, actor=actor, content_to_parent=parent)
        else:
            delete_elements(asked.target, [pk], actor=actor)
