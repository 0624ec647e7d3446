"""Consolidation rules as their page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from crm_link.models import FeedDue, FeedLink, FeedRule
from lists_core.addresses import element_url
from lists_core.selectors.across import names_across
from staff.models import Employee

SHOWN = 50


@dataclass(frozen=True)
class Failure:
    """A source that could not be consolidated; no name or page for who may not see it."""

    name: str
    url: str
    why: str
    attempts: int


def rules_with_numbers() -> QuerySet[FeedRule]:
    """Rules with `sources` and `failing`, both by one query."""
    rows = FeedRule.objects.select_related("source", "target", "run_as")
    links = FeedLink.objects.filter(rule=OuterRef("pk")).order_by().values("rule")
    dues = FeedDue.objects.filter(rule=OuterRef("pk")).exclude(error="").order_by().values("rule")
    return rows.annotate(
        sources=Coalesce(Subquery(links.annotate(number=Count("pk")).values("number")), 0),
        failing=Coalesce(Subquery(dues.annotate(number=Count("pk")).values("number")), 0),
    )


def failures(rule: FeedRule, actor: Employee) -> Sequence[Failure]:
    dues = list(FeedDue.objects.filter(rule=rule).exclude(error="").order_by("pk")[:SHOWN])
    place = rule.source_id
    names = names_across(actor, {place: [due.source for due in dues]}) if dues else {}
    return [
        Failure(
            name=names.get((place, due.source), ""),
            url=element_url(rule.source, due.source) if (place, due.source) in names else "",
            why=due.error,
            attempts=due.attempts,
        )
        for due in dues
    ]
