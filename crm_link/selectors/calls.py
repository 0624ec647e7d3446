"""Reading the log of calls: through the item, as activities are read; those that found no item,
by whom they concern."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from crm_link.access import may_manage_crm
from crm_link.kinds import kind_of
from crm_link.models import PhoneCall, Telephony
from crm_link.selectors.kinds import visible_kinds
from lists_core.addresses import element_url
from lists_core.schema.cache import schema_of
from lists_core.selectors.across import names_across
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.errors import NotFound

SHOWN = 50
MISSED = Q(direction=PhoneCall.INCOMING) & ~Q(result=PhoneCall.Result.ANSWERED)
SHOWS: Mapping[str, Callable[[Employee], Q]] = {
    "all": lambda actor: Q(),
    "mine": lambda actor: Q(employee=actor.pk),
    "missed": lambda actor: MISSED,
    "unplaced": lambda actor: Q(element=None),
}


@dataclass(frozen=True)
class Call:
    """A call with the name and the address of its item, "" for one at none."""

    row: PhoneCall
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class Page:
    """Calls, the newest first; `before` asks for those that come after them, 0 is the end."""

    calls: Sequence[Call]
    before: int


def access_call(actor: Employee, call_id: int) -> PhoneCall:
    """Raises NotFound for whom it is closed."""
    found = _readable(actor).filter(pk=call_id).first()
    if found is None:
        raise NotFound
    return found


def calls_page(actor: Employee, show: str, before: int = 0) -> Page:
    """A part of the log; `show` is a key of SHOWS. A fixed number of queries."""
    rows = _readable(actor).filter(SHOWS[show](actor))
    if before:
        rows = rows.filter(pk__lt=before)
    known = list(rows.select_related("employee", "element__list").order_by("-pk")[: SHOWN + 1])
    shown = known[:SHOWN]
    return Page(_named(actor, shown), shown[-1].pk if len(known) > SHOWN else 0)


def has_calls() -> bool:
    return PhoneCall.objects.exists()


def _readable(actor: Employee) -> QuerySet[PhoneCall]:
    """Those at items that the actor sees; those at none whose caller they talked with, all of
    these for who answers for unknown callers or manages CRM."""
    concerned = Q() if _sees_unplaced(actor) else Q(employee=actor.pk)
    found = Q(element=None) & concerned
    for list_ in visible_kinds(actor).values():
        rows = elements(schema_of(list_), actor).order_by().filter(pk=OuterRef("element"))
        found |= Q(Exists(rows))
    return PhoneCall.objects.filter(found)


def _sees_unplaced(actor: Employee) -> bool:
    return may_manage_crm(actor) or Telephony.objects.filter(responsible=actor.pk).exists()


def _named(actor: Employee, rows: Sequence[PhoneCall]) -> list[Call]:
    wanted: dict[int, set[int]] = {}
    for row in rows:
        if row.element is not None:
            wanted.setdefault(row.element.list_id, set()).add(row.element.pk)
    names = names_across(actor, wanted)
    return [call for row in rows if (call := _call(row, names))]


def _call(row: PhoneCall, names: Mapping[tuple[int, int], str]) -> Call | None:
    """None at an item that has gone since the calls were read."""
    element = row.element
    if element is None or kind_of(element.list.system) is None:
        return Call(row)
    name = names.get((element.list_id, element.pk))
    return Call(row, name, element_url(element.list, element.pk)) if name is not None else None
