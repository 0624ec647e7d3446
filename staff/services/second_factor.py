"""Writes about second factors. The web has asked for a fresh proof of the person before."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from staff import mfa, selectors
from staff.mfa import Kind
from staff.models import Employee
from staff.services import audit, employees
from svod.base.errors import Forbidden, Invalid, NotFound

NAME_SIGNS = 60
PASSKEYS = 20


@transaction.atomic
def switch_on_app(person: Employee, secret: str, code: str) -> None:
    """Keep the seed once the app shows the right code; Invalid({"code"}) otherwise."""
    counter = mfa.matching_counter(secret, "".join(code.split()))
    if counter is None:
        raise Invalid({"code": [_("This code does not fit. Check the clock of the phone.")]})
    _lock(person)
    Authenticator.objects.filter(user=person, type=Kind.TOTP).delete()
    row = TOTP.activate(person, secret).instance
    row.data["used"] = counter
    row.save(update_fields=["data"])
    _added(person, Kind.TOTP)


@transaction.atomic
def add_passkey(person: Employee, name: str, credential: dict[str, Any]) -> None:
    """Keep a passkey whose ceremony is complete."""
    _lock(person)
    if Authenticator.objects.filter(user=person, type=Kind.WEBAUTHN).count() >= PASSKEYS:
        raise Invalid({"": [_("No more passkeys can be added. Remove one first.")]})
    WebAuthn.add(person, _name(name), credential)
    _added(person, Kind.WEBAUTHN)


@transaction.atomic
def rename_passkey(person: Employee, key: int, name: str) -> None:
    row = passkey(person, key)
    row.data["name"] = _name(name)
    row.save(update_fields=["data"])


@transaction.atomic
def remove_factor(person: Employee, key: int) -> None:
    """Take off the app or a passkey; not the last one where one is required."""
    _lock(person)
    row = mfa.factors(person).filter(pk=key).first()
    if row is None:
        raise NotFound
    if mfa.must_have_factor(person) and mfa.factors(person).count() == 1:
        raise Forbidden(_("A second factor is required here. Add another one first."))
    _removed(person, row, actor=person)
    _drop_recovery_codes(person)


@transaction.atomic
def new_recovery_codes(person: Employee) -> None:
    """Codes in place of all earlier ones."""
    _lock(person)
    Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).delete()
    RecoveryCodes.activate(person)
    _record("added", person, Kind.RECOVERY_CODES, actor=person)


@transaction.atomic
def take_off_all(person: Employee, *, actor: Employee) -> None:
    """An administrator helps who lost the phone: only the password is left, sessions end."""
    selectors.require_other(actor, person)
    _lock(person)
    for row in Authenticator.objects.filter(user=person):
        _removed(person, row, actor=actor)
    employees.end_sessions(person, actor=actor)


def passkey(person: Employee, key: int) -> Any:
    """One's own passkey by its id; NotFound for anybody else's."""
    row = Authenticator.objects.filter(user=person, type=Kind.WEBAUTHN, pk=key).first()
    if row is None:
        raise NotFound
    return row


def _lock(person: Employee) -> None:
    Employee.objects.select_for_update().only("pk").get(pk=person.pk)


def _name(name: str) -> str:
    """A name in one line; Invalid({"name"}) when nothing is left of it."""
    short = " ".join(name.replace("\0", "").split())[:NAME_SIGNS]
    if not short:
        raise Invalid({"name": [_("Enter a name.")]})
    return short


def _added(person: Employee, kind: Kind) -> None:
    RecoveryCodes.activate(person)
    _record("added", person, kind, actor=person)


def _removed(person: Employee, row: Any, *, actor: Employee) -> None:
    kind = Kind(row.type)
    row.delete()
    _record("removed", person, kind, actor=actor)


def _drop_recovery_codes(person: Employee) -> None:
    """Without a factor there is nothing that they could stand in for."""
    if not mfa.has_factor(person):
        Authenticator.objects.filter(user=person).delete()


def _record(what: str, person: Employee, kind: Kind, *, actor: Employee) -> None:
    audit.record(
        f"second_factor.{what}",
        actor=actor,
        subject=f"employee:{person.pk}",
        subject_name=str(person),
        about={"kind": kind.value},
    )
