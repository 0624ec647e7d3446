"""The call log: settings, the token of exchanges, and each call told by one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_link.access import may_add_for, require_crm_manager
from crm_link.kinds import COMPANY, CONTACT, DEAL, LEAD, Kind, kind_of, kinds
from crm_link.models import Activity, PhoneCall, Stage, Telephony
from crm_link.points import PointType
from crm_link.selectors.items import open_any
from crm_link.selectors.kinds import access_kind, list_of, visible_kinds
from crm_link.selectors.points import find_by_points
from crm_link.services.activities import change_activity, create_activity
from crm_link.services.duplicate_rules import duplicates_pass
from crm_link.services.items import create_item
from crm_link.telephony import Told
from lists_core.access import Right
from lists_core.models import Element
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services.repointing import pointing_q
from staff.models import Employee
from staff.services.audit import record
from svod.base.errors import Forbidden, Invalid, NotFound
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
    values: Mapping[str, Any], numbers: Mapping[str, int], *, actor: Employee
) -> Telephony:
    """`values` are `make_leads`, `responsible`, `call_back_minutes`; `numbers` lead from desk
    numbers to ids of employees. Raises Forbidden, Invalid."""
    require_crm_manager(actor)
    known = set(
        Employee.objects.filter(pk__in=numbers.values(), is_active=True).values_list(
            "pk", flat=True
        )
    )
    if len(numbers) > MOST_NUMBERS or set(numbers.values()) - known:
        raise Invalid({"numbers": [_("Name active employees.")]})
    row = telephony()
    person = values["responsible"] if values["make_leads"] else None
    if row.owner and person and not may_add_for(row.owner, list_of(LEAD).pk, person.pk):
        told = _("Whoever made the token has a role that lets them add no leads for this person.")
        raise Invalid({"responsible": [told]})
    for name in ("make_leads", "responsible", "call_back_minutes"):
        setattr(row, name, values[name])
    row.numbers = dict(numbers)
    row.save()
    record("crm.telephony_changed", actor=actor, subject="telephony")
    return row


def caller(token: str) -> Telephony:
    """Whose token this is. Raises Forbidden (also where its maker was deactivated), TooOften."""
    row = telephony()
    fits = row.token_hash and secrets.compare_digest(row.token_hash, _hash(token))
    if not fits or row.owner is None or not row.owner.is_active:
        raise Forbidden
    limit("telephony", A_MINUTE)
    return row


def log_call(told: Told, row: Telephony) -> PhoneCall:
    """Write a call down at the deal, contact, company or lead of its number; the same id twice
    adds what has become known. Raises Invalid, Forbidden, NotFound as its owner's rights say."""
    actor = row.owner
    if actor is None:
        raise Forbidden
    with transaction.atomic(), override(actor.language):
        call, is_new = _call(told)
        if is_new:
            _first(call, told, row, actor)
        else:
            _again(call, told, actor)
    return call


def _call(told: Told) -> tuple[PhoneCall, bool]:
    """The row, locked; of two that tell the same call at once the second finds the first's."""
    rows = PhoneCall.objects.select_for_update()
    found = rows.filter(external_id=told.external_id).first()
    if found:
        return found, False
    try:
        with transaction.atomic():
            return PhoneCall.objects.create(
                external_id=told.external_id, direction=told.direction, number=told.number,
                line=told.line, at=told.at, duration=told.duration, result=told.result,
                recording_url=told.recording_url,
            ), True  # fmt: skip
    except IntegrityError:
        return rows.get(external_id=told.external_id), False


def _first(call: PhoneCall, told: Told, row: Telephony, actor: Employee) -> None:
    call.employee = _employee(told.employee, row)
    call.element = _place(told, row, actor, call.employee)
    if call.element is not None:
        people = (call.employee, _responsible(call.element, actor), row.responsible)
        who = next((one for one in people if one and _sees(one, call.element)), actor)
        call.activity = create_activity(call.element.pk, actor=actor, **_activity(told, who))
        if told.missed:
            call.call_back = create_activity(
                call.element.pk, actor=actor, kind=Activity.Kind.CALL,
                subject=_("Call back %(number)s") % {"number": told.number},
                deadline=timezone.now() + timedelta(minutes=row.call_back_minutes),
                direction=Activity.Direction.OUTGOING, responsible_id=who.pk,
            )  # fmt: skip
    call.save()


def _sees(person: Employee, element: Element) -> bool:
    """Whoever is to answer for the call must be able to open where it is written."""
    try:
        open_any(person, Right.VIEW, element.pk)
    except NotFound:
        return False
    return True


def _activity(told: Told, who: Employee) -> dict[str, Any]:
    incoming = told.direction == Activity.Direction.INCOMING
    words = _("Incoming call %(number)s") if incoming else _("Outgoing call %(number)s")
    return {
        "kind": Activity.Kind.CALL, "subject": words % {"number": told.number},
        "direction": told.direction, "duration": told.duration,
        "recording_url": told.recording_url, "responsible_id": who.pk,
        "result": str(PhoneCall.Result(told.result).label),
        "done_at": told.at + timedelta(seconds=told.duration),
    }  # fmt: skip


def _again(call: PhoneCall, told: Told, actor: Employee) -> None:
    """A recording comes later than the call; what was known is not forgotten."""
    call.recording_url = told.recording_url or call.recording_url
    call.duration = told.duration or call.duration
    call.result = told.result
    call.save()
    if call.activity_id:
        change_activity(
            call.activity_id,
            actor=actor,
            recording_url=call.recording_url,
            duration=call.duration,
            result=str(PhoneCall.Result(call.result).label),
        )


def _employee(typed: str, row: Telephony) -> Employee | None:
    """By the number on the desk, else by e-mail."""
    people = Employee.objects.filter(is_active=True)
    if typed in row.numbers:
        return people.filter(pk=row.numbers[typed]).first()
    return people.filter(email__iexact=typed).first() if "@" in typed else None


def _place(
    told: Told, row: Telephony, actor: Employee, employee: Employee | None
) -> Element | None:
    """Where the call is written down: an open deal of whoever has the number, else the contact,
    the company, an open lead; a new lead for a stranger who calls."""
    found = find_by_points(None, PointType.PHONE, [told.number], actor=actor)
    for kind in (CONTACT, COMPANY):
        ids = found.get(kind.slug, [])
        if ids:
            deal = _open_deal(kind, ids, actor)
            return Element.objects.get(pk=deal or ids[0])
    leads = _open_leads(found.get(LEAD.slug, []), actor)
    if leads:
        return Element.objects.get(pk=leads[-1])
    if told.direction != Activity.Direction.INCOMING or not row.make_leads:
        return None
    people = [one for one in (employee, row.responsible) if one]
    who = next((one for one in people if may_add_for(actor, list_of(LEAD).pk, one.pk)), actor)
    values = {
        "NAME": _("Call from %(number)s") % {"number": told.number},
        "PHONE": [told.number],
        "RESPONSIBLE": who.pk,
        "SOURCE": _source_of_calls(),
    }
    given = {code: value for code, value in values.items() if value}
    with duplicates_pass():
        made = create_item(LEAD, given, actor=actor)
    return Element.objects.get(pk=made.pk)


def _open_deal(kind: Kind, ids: list[int], actor: Employee) -> int | None:
    """The newest readable deal in progress of one of these clients."""
    deals = visible_kinds(actor).get(DEAL.slug)
    if deals is None:
        return None
    schema = schema_of(deals)
    field = schema["CONTACTS" if kind == CONTACT else "COMPANY"]
    clients = Q(pk__in=[])
    for pk in ids:
        clients |= pointing_q([field], pk)
    rows = elements(schema, actor).filter(clients, _in_progress(schema))
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def _open_leads(ids: list[int], actor: Employee) -> list[int]:
    if not ids:
        return []
    _list, schema = access_kind(actor, Right.VIEW, LEAD)
    rows = elements(schema, actor).filter(_in_progress(schema), pk__in=ids).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _in_progress(schema: Any) -> Q:
    stages = Stage.objects.filter(
        option__field__list=schema.list_id, semantics=Stage.Semantics.PROCESS
    ).values_list("pk", flat=True)
    return Q.create([(f"{schema['STAGE'].main_column}__in", list(stages))])


def _responsible(element: Element, actor: Employee) -> Employee | None:
    kind = kind_of(element.list.system)
    if kind is None or kind not in kinds.all():
        return None
    schema = schema_of(element.list)
    row = elements(schema, actor).filter(pk=element.pk).first()
    own = schema.get("RESPONSIBLE")
    pk = own.read(row) if own and row is not None else None
    return Employee.objects.filter(pk=pk, is_active=True).first() if pk else None


def _source_of_calls() -> int | None:
    """The first source of leads is a call (`crm_link.presets.SOURCES`), if it is there still."""
    field = schema_of(list_of(LEAD)).get("SOURCE")
    options = [one for one in field.field.options.all() if not one.deleted_at] if field else []
    return options[0].pk if options else None


def _hash(token: str) -> str:
    """A token has 256 random bits, so a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()
