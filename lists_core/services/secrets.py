"""Secrets leave the vault here alone, and only after the audit log says to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.secret import context_of, resealed
from lists_core.schema.ddl import lock_for_write
from lists_core.selectors.secrets import (
    COPIED,
    REVEALED,
    Place,
    Store,
    access_secret,
    stores,
    subject_of,
)
from staff.models import Employee
from staff.services import audit
from svod.base import vault
from svod.base.errors import DomainError
from svod.base.vault import VaultError

BATCH = 500
ROTATED = "secret.rotated"
REFUSED = "secret.refused"
audit.audit_events.add(REVEALED, _("Secret shown"))
audit.audit_events.add(COPIED, _("Secret copied"))
audit.audit_events.add(REFUSED, _("Secret refused"))
audit.audit_events.add(ROTATED, _("Secrets encrypted with a new key"))


class Unreadable(DomainError):
    """The portal has lost the key of a secret, or the secret is damaged."""

    code = "secret_unreadable"
    message = _("This secret cannot be decrypted: its key is missing. Tell the administrator.")


def reveal(
    list_id: int, element_id: int, field_id: int, *, actor: Employee, copied: bool = False
) -> str:
    """The secret's text. That the actor looked is on record before the text is there.

    Raises NotFound (unreadable or empty), Unreadable. Must not run inside a transaction: one
    that is rolled back later would take the record along.
    """
    try:
        place = access_secret(actor, list_id, element_id, field_id)
    except DomainError:
        _record_refusal(list_id, element_id, field_id, actor)
        raise
    with transaction.atomic(durable=True):
        _record(place, actor, copied=copied)
    try:
        return vault.ring().open(place.token, context=context_of(place.field.field))
    except VaultError:
        raise Unreadable from None


def _record_refusal(list_id: int, element_id: int, field_id: int, actor: Employee) -> None:
    """Whoever tries is on record, by numbers alone: what they name may not even exist."""
    with transaction.atomic(durable=True):
        subject = subject_of(list_id, element_id)
        audit.record(REFUSED, actor=actor, subject=subject, about={"field": field_id})


def _record(place: Place, actor: Employee, *, copied: bool) -> None:
    audit.record(
        COPIED if copied else REVEALED,
        actor=actor,
        subject=place.subject,
        subject_name=place.row.name,
        about={"field": place.field.field.pk, "name": place.field.name},
    )


# --- a new key ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Rotation:
    """`current` had the first key already, `failed` do not open with any key."""

    rotated: int = 0
    current: int = 0
    failed: int = 0

    def __add__(self, other: Rotation) -> Rotation:
        return Rotation(
            self.rotated + other.rotated, self.current + other.current, self.failed + other.failed
        )


def rotate_secrets(
    report: Callable[[Store, Rotation], None] = lambda store, done: None,
) -> Rotation:
    """Seal every secret with the first key. Safe to stop at any moment and to start again.

    People go on working: a secret that was changed meanwhile stays as they made it, and an
    element's version does not change. What does not open is left alone and counted.
    """
    total = Rotation()
    for store in stores():
        done = _rotate_store(store)
        report(store, done)
        total += done
    audit.record(ROTATED, actor=None, about={"key": vault.ring().current, "rotated": total.rotated})
    return total


def _rotate_store(store: Store) -> Rotation:
    done, last = Rotation(), 0
    while True:
        with transaction.atomic():
            lock_for_write(store.list_id)  # the column stays until the batch is done
            batch = store.tokens(last, BATCH)
            for pk, token in batch:
                done += _rotate(store, pk, token)
        if not batch:
            return done
        last = batch[-1][0]


def _rotate(store: Store, pk: int, token: str) -> Rotation:
    try:
        if vault.ring().is_current(token):
            return Rotation(current=1)
        fresh = resealed(token, context_of(store.field.field))
    except VaultError:
        return Rotation(failed=1)
    # Compare and set: whoever saved the element since has sealed with the first key anyway.
    same = store.filled.filter(**{"pk": pk, store.column: token})
    return Rotation(rotated=same.order_by().update(**{store.column: fresh}))
