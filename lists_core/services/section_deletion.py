"""A section goes, and its content goes one section up, whoever may see it.

A few elements go in the transaction of the deletion. Many would keep everybody from writing to
the list for minutes, so they are moved by a job, batch by batch, before the section goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy

from lists_core.access import Right
from lists_core.models import ElementVersion, Job, List, Section
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.ddl import lock_for_change, with_ddl_retry
from lists_core.selectors.linking import SECTION
from lists_core.selectors.sections import access_section
from lists_core.services.elements import open_list
from lists_core.services.history import record_versions
from lists_core.services.jobs import start_job
from lists_core.services.link_listener import empty_links
from lists_core.services.links import check_unused, emptied
from lists_core.services.outbox import announce
from lists_core.services.sections import open_own, require_in
from staff.models import Employee
from svod.base.errors import Conflict

#: What one transaction moves; a section that holds more is deleted by a job.
BATCH = 2000
KIND = "section_delete"
UNDER_WAY = (Job.State.QUEUED, Job.State.RUNNING)


class NotEmpty(Conflict):
    """The section holds elements or sections; the person has to say where they go."""

    code = "section_not_empty"
    message = gettext_lazy("The section is not empty.")


def delete_section(
    list_id: int, section_id: int, *, actor: Employee, content_to_parent: bool = False
) -> None:
    """Remove a section. Raises NotEmpty unless its content may go to the section above, Linked
    where a field that links to it wants it replaced first.

    It waits for those who write elements, so that none is put into a section that goes.
    """

    def delete() -> None:
        lock_for_change(list_id)
        list_ = open_own(list_id)
        section = _deletable(list_, section_id, actor)
        if not content_to_parent and not is_empty(list_, section):
            raise NotEmpty
        check_unused(list_id, SECTION, section_id, actor=actor)
        section.children.update(parent=section.parent)
        while _move_batch(schema_of(list_), section, actor):
            pass
        section.delete()
        if emptied(list_id, SECTION, [section_id]):
            empty_links(list_id, SECTION, [section_id], actor=actor)
        announce("section.deleted", list_id, id=section_id, actor=actor.pk)

    with_ddl_retry(delete)


def start_deletion(list_id: int, section_id: int, *, actor: Employee) -> Job:
    """The same by a job, for a section that `is_long`; its content goes to the section above.
    A second press of the button gets the job of the first. Raises as `check_deletable`."""
    with transaction.atomic():
        list_ = check_deletable(list_id, section_id, actor=actor)
        same = Job.objects.filter(kind=KIND, list=list_, actor=actor, state__in=UNDER_WAY)
        known = same.filter(params__section=section_id).first()
        return known or start_job(KIND, actor=actor, list_=list_, section=section_id)


@transaction.atomic
def check_deletable(list_id: int, section_id: int, *, actor: Employee) -> List:
    """The section's list. Raises what the deletion would: NotFound, Forbidden, Conflict, Linked."""
    list_ = open_own(list_id)
    _deletable(list_, section_id, actor)
    check_unused(list_id, SECTION, section_id, actor=actor)
    return list_


def empty_batch(list_id: int, section_id: int, *, actor: Employee, after: int) -> list[int]:
    """Put elements one section up: the first BATCH of those after the id `after`. Returns their
    ids, none at the end. Run in a transaction that is committed at once: other writers of the
    list do not wait for it. Raises NotFound, Forbidden."""
    list_, schema = open_list(list_id)
    section = access_section(list_, section_id)
    require_in(actor, Right.DELETE, list_, section_id)
    return _move_batch(schema, section, actor, after=after)


def is_empty(list_: List, section: Section) -> bool:
    """No sections below and no elements outside the bin, whoever may see them."""
    rows = schema_of(list_).model.objects.filter(section=section.pk, deleted_at=None)
    return not section.children.exists() and not rows.exists()


def is_long(list_: List, section_id: int) -> bool:
    """Whether it holds more, with its part of the bin, than one transaction should move."""
    return bool(elements_in(list_, section_id)[: BATCH + 1].count() > BATCH)


def elements_in(list_: List, section_id: int) -> Any:
    return schema_of(list_).model.objects.filter(section=section_id)


def _deletable(list_: List, section_id: int, actor: Employee) -> Section:
    section = access_section(list_, section_id)
    require_in(actor, Right.DELETE, list_, section_id)
    return section


def _move_batch(schema: Schema, section: Section, actor: Employee, *, after: int = 0) -> list[int]:
    """The ids of those that went. What lies in the bin goes along and is not changed by it: it
    keeps its version, by which the undo of its deletion knows it."""
    rows = schema.model.objects.filter(section=section.pk, pk__gt=after).order_by("pk")
    held = list(rows.select_for_update()[:BATCH])
    binned = [row.pk for row in held if row.deleted_at]
    schema.model.objects.filter(pk__in=binned).update(section=section.parent_id)
    _move_rows(schema, [row for row in held if not row.deleted_at], section, actor)
    return [row.pk for row in held]


def _move_rows(schema: Schema, rows: Sequence[Any], section: Section, actor: Employee) -> None:
    ids, now, target = [row.pk for row in rows], timezone.now(), section.parent_id
    columns = {"section": target, "modified_by": actor.pk, "modified_at": now}
    schema.model.objects.filter(pk__in=ids).update(**columns, version=F("version") + 1)
    for row in rows:
        row.modified_at, row.version = now, row.version + 1
    changes = [(row, {"section": [section.pk, target]}) for row in rows]
    record_versions(ElementVersion.Kind.CHANGED, schema.list_id, changes, actor=actor)
    if ids:
        announce("element.changed", schema.list_id, ids=ids, fields=["section"], actor=actor.pk)
