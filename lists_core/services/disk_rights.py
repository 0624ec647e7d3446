"""Changing rights on the Disk, its folders and files, by the rules of `services.rights`."""

from __future__ import annotations

from django.db import transaction

from lists_core.access import forget
from lists_core.access.disk import AT_FIRST, ROOT, rights_on_item
from lists_core.models import DiskEvent, DiskFile, DiskFolder, DiskRoot
from lists_core.selectors.access_page import fingerprint, meant
from lists_core.selectors.disk_access import DiskThing, disk_thing, granted_there
from lists_core.selectors.rights import Grants
from lists_core.services.access_changes import Change, Stale
from lists_core.services.disk_events import lock_disk, tell
from lists_core.services.rights import change_grants, settled, with_actor
from lists_core.services.stored_rights import insert_rights
from staff.models import Employee
from staff.services import audit


@transaction.atomic
def save_disk_access(thing: DiskThing, change: Change, *, actor: Employee) -> None:
    """Make the rights on a thing what was asked for, unless somebody changed them since.

    Raises Stale, NotFound, Forbidden, Invalid.
    """
    lock_disk()
    now = disk_thing(actor, thing.kind, thing.pk)
    if fingerprint(now, granted_there(now)) != change.fingerprint:
        raise Stale
    _set(now, change, actor)


def _set(thing: DiskThing, change: Change, actor: Employee) -> None:
    model = type(thing.thing)
    item = None if isinstance(thing.thing, DiskRoot) else thing.thing
    held = rights_on_item(actor, item)
    if item is None:
        _begin()
    grants: Grants = change.grants
    if item is not None and change.restricted and not item.restricted:
        grants = with_actor(grants, held, actor)
    grants = {subject: meant(thing.kind, rights) for subject, rights in grants.items()}
    change_grants(model, thing.pk, grants, held=held, actor=actor)
    if item is not None:
        item.restricted = change.restricted
        item.save(update_fields=["restricted"])
    forget()
    settled(held, rights_on_item(actor, item))
    _tell(thing, change, actor)


def _begin() -> None:
    """From the rights of the beginning to stored ones, the first time that they are changed."""
    _row, made = DiskRoot.objects.get_or_create(pk=ROOT)
    if made:
        insert_rights(DiskRoot, [ROOT], AT_FIRST)


def _tell(thing: DiskThing, change: Change, actor: Employee) -> None:
    shown = {s.code: sorted(right.value for right in rights) for s, rights in change.grants.items()}
    about = {"grants": shown, "restricted": change.restricted}
    subject = f"{thing.kind}:{thing.pk}"
    audit.record(
        "access.changed", actor=actor, subject=subject, subject_name=thing.name, about=about
    )
    if isinstance(thing.thing, DiskFolder | DiskFile):
        tell(thing.thing, DiskEvent.Kind.ACCESS, actor)
