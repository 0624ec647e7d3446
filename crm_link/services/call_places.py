"""Where a call is written down, and who had it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from crm_link.access import may_add_for
from crm_link.kinds import COMPANY, CONTACT, DEAL, LEAD, Kind, kind_of
from crm_link.models import PhoneCall, Stage, Telephony
from crm_link.presets import CALL
from crm_link.selectors.items import open_any
from crm_link.selectors.kinds import access_kind, list_of, visible_kinds
from crm_link.services.from_customers import fitting, from_customers, source_named
from crm_link.services.items import create_item
from lists_core.access import Right, schema_for
from lists_core.models import Element
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services.repointing import pointing_q
from staff.models import Employee
from svod.base.errors import NotFound

Known = Mapping[str, Sequence[int]]
"""Slug of the kind → the items that have the number, the oldest first."""


def place_of(call: PhoneCall, known: Known, row: Telephony, actor: Employee) -> Element | None:
    """An open deal of whoever has the number, else the contact, the company, an open lead; a new
    lead for a stranger who calls. Raises what `create_item` does."""
    found = _known_place(known, actor)
    if found is not None:
        return Element.objects.get(pk=found)
    if call.direction != PhoneCall.INCOMING or not row.make_leads:
        return None
    return Element.objects.get(pk=_make_lead(call, row, actor))


def employee_of(typed: str, row: Telephony) -> Employee | None:
    """By the number on the desk, else by e-mail."""
    people = Employee.objects.filter(is_active=True)
    if typed in row.numbers:
        return people.filter(pk=row.numbers[typed]).first()
    return people.filter(email__iexact=typed).first() if "@" in typed else None


def who_answers(call: PhoneCall, element: Element, row: Telephony, actor: Employee) -> Employee:
    """The first who may open where the call is written: who had it, who is responsible for the
    item, who is for unknown callers; else the actor."""
    people = (call.employee, _responsible(element, actor), row.responsible)
    return next((one for one in people if one and sees(one, element)), actor)


def sees(person: Employee, element: Element) -> bool:
    try:
        open_any(person, Right.VIEW, element.pk)
    except NotFound:
        return False
    return True


def _known_place(known: Known, actor: Employee) -> int | None:
    for kind in (CONTACT, COMPANY):
        ids = known.get(kind.slug, ())
        if ids:
            return _open_deal(kind, ids, actor) or ids[0]
    return next(iter(_open_leads(known.get(LEAD.slug, ()), actor)), None)


def _make_lead(call: PhoneCall, row: Telephony, actor: Employee) -> int:
    list_ = list_of(LEAD)
    schema = schema_for(actor, list_, new=True)
    people = [one for one in (call.employee, row.responsible) if one]
    who = next((one for one in people if may_add_for(actor, list_.pk, one.pk)), actor)
    own = {
        "NAME": _("Call from %(number)s") % {"number": call.number},
        "PHONE": [call.number],
        "RESPONSIBLE": who.pk,
        "SOURCE": source_named(schema, CALL),
    }
    with from_customers():
        return int(create_item(LEAD, fitting(schema, own, actor=actor), actor=actor).pk)


def _open_deal(kind: Kind, ids: Sequence[int], actor: Employee) -> int | None:
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


def _open_leads(ids: Sequence[int], actor: Employee) -> Sequence[int]:
    """The newest first."""
    if not ids:
        return []
    _list, schema = access_kind(actor, Right.VIEW, LEAD)
    rows = elements(schema, actor).filter(_in_progress(schema), pk__in=ids).order_by("-pk")
    return list(rows.values_list("pk", flat=True))


def _in_progress(schema: Any) -> Q:
    stages = Stage.objects.filter(
        option__field__list=schema.list_id, semantics=Stage.Semantics.PROCESS
    ).values_list("pk", flat=True)
    return Q.create([(f"{schema['STAGE'].main_column}__in", list(stages))])


def _responsible(element: Element, actor: Employee) -> Employee | None:
    if kind_of(element.list.system) is None:
        return None
    schema = schema_of(element.list)
    row = elements(schema, actor).filter(pk=element.pk).first()
    own = schema.get("RESPONSIBLE")
    pk = own.read(row) if own and row is not None else None
    return Employee.objects.filter(pk=pk, is_active=True).first() if pk else None
