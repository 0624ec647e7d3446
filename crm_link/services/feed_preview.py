"""What a rule would make of real rows, as the person who looks may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from crm_link.models import FeedRule
from crm_link.services.feed_plan import plan_of
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import titles_of
from staff.models import Employee

SAMPLE, GROUPS = 300, 10


@dataclass(frozen=True)
class Preview:
    """`rows` are the groups' values as HTML in the order of `fields`, with how many sources each
    has; `sources` is how many rows were looked at, `more` that there are others."""

    fields: Sequence[SchemaField]
    rows: Sequence[tuple[int, list[str]]]
    sources: int
    more: bool


def preview(rule: FeedRule, *, actor: Employee) -> Preview:
    """From the newest rows; writes nothing. Raises Conflict, Invalid, NotFound, Forbidden."""
    plan = plan_of(rule, actor)
    found = list(plan.found().order_by("-pk")[: SAMPLE + 1])
    groups: dict[str, list[Any]] = defaultdict(list)
    with timezone.override(None):  # the portal's, as the rule itself works
        for row in found[:SAMPLE]:
            groups[str(plan.key(row))].append(row)
        shown = list(groups.values())[:GROUPS]
        titles = plan.titles([row for rows in shown for row in rows])
        values = [plan.values(sorted(rows, key=lambda row: int(row.pk)), titles) for rows in shown]
    fields = [plan.target["NAME"], *(one.into for one in plan.lines if one.into.code != "NAME")]
    drawn = _drawn(fields, values, actor)
    rows = [(len(rows), own) for rows, own in zip(shown, drawn, strict=True)]
    return Preview(fields, rows, min(len(found), SAMPLE), len(found) > SAMPLE)


def _drawn(
    fields: Sequence[SchemaField], values: Sequence[dict[str, Any]], actor: Employee
) -> list[list[str]]:
    pairs = [(field, own.get(field.code)) for own in values for field in fields]
    titles = titles_of(pairs, actor=actor)
    return [
        [field.render(own.get(field.code), titles.get(field.key, {})) for field in fields]
        for own in values
    ]
