"""What came of the deals that were there before a booking rule, for the page of the rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from crm_link.selectors.booking_texts import Taken, why_taken
from crm_link.selectors.stage_book import FAILURE, book_of
from lists_core.addresses import element_url
from lists_core.jobs.base import job_kinds
from lists_core.models import Job, List
from lists_core.schema.cache import schema_of
from lists_core.selectors.across import names_across
from staff.models import Employee

Pairs = Sequence[tuple[int, int]]
"""Ids of deals and of the objects that they name."""


@dataclass(frozen=True)
class Conflict:
    """A deal that names what it does not have; `url` is "" for who may not see the deal."""

    name: str
    url: str
    why: str


@dataclass(frozen=True)
class IntakeReport:
    """`told` is one sentence, or why it was not done; while it runs no conflicts are told."""

    running: bool
    told: str
    conflicts: Sequence[Conflict]


def intake_of(rule: BookingRule, reader: Employee) -> IntakeReport | None:
    """The last taking in of a rule; conflicts that are settled since are left out."""
    jobs = Job.objects.filter(kind="booking_intake", params__rule=rule.pk)
    job = jobs.order_by("-created_at").first()
    if job is None:
        return None
    running = job.state in {Job.State.QUEUED, Job.State.RUNNING}
    failed = job.state in {Job.State.FAILED, Job.State.CANCELLED}
    told = job.error if failed else job_kinds.get(job.kind).summary(job)
    found = () if running else job.result.get("conflicts", ())
    pairs = [(deal, element) for deal, element in found]
    return IntakeReport(running, told, _conflicts(rule, pairs, reader))


def _conflicts(rule: BookingRule, pairs: Pairs, reader: Employee) -> list[Conflict]:
    left = _unsettled(rule, pairs) if pairs else {}
    deals = rule.link.list
    names = names_across(reader, {deals.pk: {deal for deal, _one in left}})
    why = why_taken(rule, left.values(), reader)
    found = []
    for deal, element in left:
        name = names.get((deals.pk, deal), "")
        found.append(Conflict(name, element_url(deals, deal) if name else "", why[element]))
    return found


def _unsettled(rule: BookingRule, pairs: Pairs) -> Mapping[tuple[int, int], Taken]:
    """Of deals that still name the object and do not have it: what keeps them from it."""
    named = _named(rule, {deal for deal, _element in pairs})
    ids = {element for _deal, element in pairs}
    rows = Booking.objects.filter(element__in=ids).select_related("rule__link")
    holders = {one.element_id: one for one in rows}
    states = _states(rule, ids)
    return {
        (deal, element): Taken(element, states.get(element), holders.get(element))
        for deal, element in pairs
        if element in named.get(deal, ())
        and not (element in holders and holders[element].deal_id == deal)
    }


def _named(rule: BookingRule, ids: Collection[int]) -> dict[int, list[Any]]:
    deals = schema_of(rule.link.list)
    link = by_pk(deals, rule.link_id)
    lost = {one.pk for one in book_of(deals).lines.values() if one.semantics == FAILURE}
    rows = deals.model.objects.filter(pk__in=ids, deleted_at=None) if link else []
    open_ = [row for row in rows if deals["STAGE"].read(row) not in lost]
    return {row.pk: link.items(link.read(row)) for row in open_ if link}


def _states(rule: BookingRule, ids: Collection[int]) -> dict[int, Any]:
    objects = schema_of(List.objects.get(pk=rule.target_id))
    status = by_pk(objects, rule.status_id)
    rows = objects.model.objects.filter(pk__in=ids, deleted_at=None)
    return {row.pk: status.read(row) for row in rows} if status else {}
