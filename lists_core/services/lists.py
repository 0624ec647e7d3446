"""Writes to lists: their settings and their life from creation to the bin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.access import ROLES, Right, may_create_lists, require, visible_lists
from lists_core.models import Element, List
from lists_core.schema.ddl import create_table, drop_table, lock_for_change, with_ddl_retry
from lists_core.selectors.lists import deleted_lists
from lists_core.services.audited import tell_list
from lists_core.services.element_bin import remove_elements
from lists_core.services.outbox import announce
from lists_core.services.stored_rights import first_rights
from staff.models import Employee
from staff.subjects import EVERYONE, Subject
from svod.base.errors import Conflict, Forbidden, NotFound

BATCH = 2000
Report = Callable[[int, int], None]
SETTINGS = {
    "name", "code", "description", "icon", "color", "sort", "captions", "has_sections",
    "is_directory",
}  # fmt: skip


def create_list(
    *, actor: Employee, everyone: str = "none", system: str = "", **settings: Any
) -> List:
    """Make an empty list with its table; its maker gets full access to it.

    `everyone` is the role of all employees (a slug of ROLES), `settings` are those of SETTINGS,
    `system` is given by the part of the program that keeps the list.
    """
    if not may_create_lists(actor):
        raise Forbidden
    return with_ddl_retry(lambda: _create(actor, everyone, system, settings))


def _create(actor: Employee, everyone: str, system: str, settings: dict[str, Any]) -> List:
    given = {key: settings[key] for key in SETTINGS & set(settings)}
    list_ = List(created_by=actor, system=system, **given)
    list_.save()
    create_table(list_.pk)
    own = {Subject("U", actor.pk): ROLES["full"][1], EVERYONE: ROLES[everyone or "none"][1]}
    first_rights(list_, own)
    announce("list.created", list_.pk, actor=actor.pk)
    return list_


@transaction.atomic
def update_list(list_id: int, *, actor: Employee, **settings: Any) -> List:
    """Change settings of SETTINGS; captions and sections show in the schema, so it is renewed."""
    list_ = locked_list(list_id, actor=actor)
    for key in SETTINGS & set(settings):
        setattr(list_, key, settings[key])
    list_.schema_version += 1
    list_.save()
    announce("list.changed", list_.pk, actor=actor.pk)
    return list_


@transaction.atomic
def delete_list(list_id: int, *, actor: Employee) -> List:
    """Move a list to the bin; its data stays."""
    list_ = locked_list(list_id, actor=actor)
    if list_.system:
        raise Conflict(_("The program needs this list: it is not deleted."))
    list_.deleted_at = timezone.now()
    list_.save(update_fields=["deleted_at", "modified_at"])
    announce("list.deleted", list_.pk, actor=actor.pk)
    tell_list("list.deleted", list_, actor)
    return list_


@transaction.atomic
def restore_list(list_id: int, *, actor: Employee) -> List:
    list_ = locked_list(list_id, actor=actor, deleted=True)
    list_.deleted_at = None
    list_.save(update_fields=["deleted_at", "modified_at"])
    announce("list.restored", list_.pk, actor=actor.pk)
    tell_list("list.restored", list_, actor)
    return list_


def elements_number(list_id: int) -> int:
    return Element.objects.filter(list=list_id).count()


@transaction.atomic
def is_long_to_purge(list_id: int, *, actor: Employee) -> bool:
    """Whether removing a list of the bin is work for a job. Raises NotFound, Forbidden."""
    locked_list(list_id, actor=actor, deleted=True)
    return elements_number(list_id) > BATCH


def purge_list(
    list_id: int, *, actor: Employee | None, report: Report = lambda done, total: None
) -> None:
    """Remove a list of the bin with all its data, for good; a large one is work for a job.

    Nobody (None) is the bin's own time.
    """
    with transaction.atomic():
        list_ = locked_list(list_id, actor=actor, deleted=True)
        # Told at once: the data goes in several transactions, and some may be gone already.
        tell_list("list.purged", list_, actor, count=elements_number(list_id))
    total, done = elements_number(list_id), 0
    # In small transactions: the whole would hold its locks for minutes.
    while gone := with_ddl_retry(lambda: _purge_some(list_id, actor)):
        done += gone
        report(done, total)

    def purge() -> None:
        lock_for_change(list_id)
        list_ = locked_list(list_id, actor=actor, deleted=True)
        drop_table(list_.pk)
        list_.delete()

    with_ddl_retry(purge)


def _purge_some(list_id: int, actor: Employee | None) -> int:
    """Remove a batch of the elements for good; how many.

    Whoever still writes to the list is waited for: no key keeps the history that he adds from
    outliving its elements (decision 006).
    """
    lock_for_change(list_id)
    locked_list(list_id, actor=actor, deleted=True)
    known = Element.objects.filter(list=list_id)
    ids = list(known.values_list("pk", flat=True)[:BATCH])
    remove_elements(ids)
    return len(ids)


def locked_list(list_id: int, *, actor: Employee | None, deleted: bool = False) -> List:
    """The list's row, locked, when the actor may change its structure; nobody (None) may."""
    found = List.objects.select_for_update().filter(pk=list_id, deleted_at__isnull=not deleted)
    list_ = found.first()
    if list_ is None:
        raise NotFound
    if actor is None:
        return list_
    known = deleted_lists(actor) if deleted else visible_lists(actor)
    if not known.filter(pk=list_id).exists():
        raise NotFound
    require(actor, Right.FULL, list_)
    return list_
