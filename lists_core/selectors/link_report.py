"""What became of links that a job replaced, as its starter may know it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lists_core.access import visible_lists
from lists_core.addresses import element_url
from lists_core.models import Job, List
from lists_core.selectors.across import names_across


@dataclass(frozen=True)
class Left:
    """An element that stays as it is, and why."""

    list: List
    name: str
    url: str
    text: str


@dataclass(frozen=True)
class LinkReport:
    """`lists` are (list, changed, left) of those the person sees; `kept` says why the old value
    was not deleted."""

    lists: Sequence[tuple[List, int, int]]
    left: Sequence[Left]
    kept: str


def link_report(job: Job) -> LinkReport:
    """Two queries, however many lists and elements."""
    told: dict[str, dict[str, int]] = job.result.get("lists", {})
    asked: list[tuple[int, int, str]] = job.result.get("left", [])
    ids = {int(pk) for pk in told}
    lists = {row.pk: row for row in visible_lists(job.actor).filter(pk__in=ids)}
    wanted: dict[int, set[int]] = {}
    for list_id, pk, _text in asked:
        wanted.setdefault(list_id, set()).add(pk)
    names = names_across(job.actor, wanted)
    left = [_left(lists, names, one) for one in asked if (one[0], one[1]) in names]
    rows = [
        (lists[int(pk)], counts["changed"], counts["left"])
        for pk, counts in told.items()
        if int(pk) in lists
    ]
    return LinkReport(rows, left, job.result.get("kept", ""))


def _left(lists: dict[int, List], names: Any, one: tuple[int, int, str]) -> Left:
    list_id, pk, text = one
    list_ = lists[list_id]
    return Left(list_, names[list_id, pk], element_url(list_, pk), text)
