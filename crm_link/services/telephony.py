"""The settings of telephony and the token of exchanges (`services/calls.py` keeps the calls)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.access import may_add_for, require_crm_manager
from crm_link.kinds import LEAD
from crm_link.models import Telephony
from crm_link.selectors.kinds import list_of
from crm_link.services.lent_owner import owner_faults
from staff.models import Employee
from staff.services.audit import record
from svod.base.errors import Forbidden, Invalid
from svod.base.limits import limit

TOKEN_BYTES = 32
A_MINUTE = 300
MOST_NUMBERS = 500


def telephony() -> Telephony:
    """The settings; an unsaved default before anybody set them."""
    return Telephony.objects.select_related("owner", "responsible").first() or Telephony()


@transaction.atomic
def new_token(*, actor: Employee) -> str:
    """A token for exchanges, in the actor's name; the one before is dead. It is never shown
    again. Raises Forbidden."""
    require_crm_manager(actor)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = telephony()
    row.token_hash, row.owner = _hash(token), actor
    row.save()
    record("crm.telephony_token", actor=actor, subject="telephony")
    return token


@transaction.atomic
def close_telephony(*, actor: Employee) -> None:
    """No exchange is listened to any more. Raises Forbidden."""
    require_crm_manager(actor)
    Telephony.objects.update(token_hash="")
    record("crm.telephony_closed", actor=actor, subject="telephony")


@transaction.atomic
def change_telephony(
    values: Mapping[str, Any],
    numbers: Mapping[str, int],
    *,
    actor: Employee,
    owner: Employee | None = None,
) -> Telephony:
    """`values` are `make_leads`, `responsible`, `call_back_minutes`; `numbers` lead from desk
    numbers to ids of employees; `owner` is in whose name an exchange that has a token works from
    now on. Raises Forbidden, Invalid."""
    require_crm_manager(actor)
    row = telephony()
    faults = _faults(row, values, numbers, owner or row.owner, actor)
    if faults:
        raise Invalid(faults)
    for name in ("make_leads", "responsible", "call_back_minutes"):
        setattr(row, name, values[name])
    row.numbers, row.owner = dict(numbers), owner or row.owner
    row.save()
    record("crm.telephony_changed", actor=actor, subject="telephony")
    return row


def _faults(
    row: Telephony,
    values: Mapping[str, Any],
    numbers: Mapping[str, int],
    owner: Employee | None,
    actor: Employee,
) -> dict[str, list[str]]:
    """What is wrong, by the names of the form; the first of it."""
    people = Employee.objects.filter(pk__in=numbers.values(), is_active=True)
    known = set(people.values_list("pk", flat=True))
    if len(numbers) > MOST_NUMBERS or set(numbers.values()) - known:
        return {"numbers": [_("Name active employees.")]}
    if owner is None:
        return {}
    if faults := owner_faults(owner, row.owner_id, actor):
        return {"owner": faults}
    person = values["responsible"] if values["make_leads"] else None
    if person and owner.is_active and not may_add_for(owner, list_of(LEAD).pk, person.pk):
        told = _("Whoever made the token has a role that lets them add no leads for this person.")
        return {"responsible": [told]}
    return {}


def caller(token: str) -> Telephony:
    """Whose token this is. Raises Forbidden (also where its maker was deactivated), TooOften."""
    row = telephony()
    fits = row.token_hash and secrets.compare_digest(row.token_hash, _hash(token))
    if not fits or row.owner is None or not row.owner.is_active:
        raise Forbidden
    limit("telephony", A_MINUTE)
    return row


def _hash(token: str) -> str:
    """A token has 256 random bits, so a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()
