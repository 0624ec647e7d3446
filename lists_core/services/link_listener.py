"""What the bin means for links: refusal, emptying, return (`services/links.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lists_core.field_types.on_delete import EMPTY
from lists_core.models import ElementVersion, List
from lists_core.schema.compile import Schema
from lists_core.selectors.linking import ELEMENT, every_pointing, linking_rows
from lists_core.services.jobs import start_job
from lists_core.services.link_returns import give_back, waiting
from lists_core.services.link_writes import Replacing, replace_links
from lists_core.services.links import emptied, stopped
from lists_core.services.listeners import BinListener, Refused, bin_listeners
from staff.models import Employee

Kind = ElementVersion.Kind
#: More links than this are work for a job.
AT_ONCE = 200


@bin_listeners.register
class Links(BinListener):
    slug = "links"

    def keep(self, schema: Schema, rows: Sequence[Any], actor: Employee) -> Refused:
        return stopped(schema.list_id, ELEMENT, [row.pk for row in rows], actor=actor)

    def after(
        self, kind: ElementVersion.Kind, schema: Schema, rows: Sequence[Any], actor: Employee
    ) -> None:
        ids = [row.pk for row in rows]
        if kind == Kind.RESTORED:
            returned(schema.list_id, ids, actor=actor)
        elif emptied(schema.list_id, ELEMENT, ids):
            empty_links(schema.list_id, ELEMENT, ids, actor=actor)


def empty_links(list_id: int, kind: str, ids: Sequence[int], *, actor: Employee) -> None:
    """Empty the links to what is just gone, in the fields that say so; many by a job."""
    if linking_rows(list_id, kind, ids, limit=AT_ONCE + 1) > AT_ONCE:
        list_ = List.objects.get(pk=list_id)
        params = {"of": kind, "ids": list(ids), "new": None, "rules": [EMPTY]}
        start_job("link_replace", actor=actor, list_=list_, **params)
        return
    asked = Replacing(kind, list_id, frozenset(ids), None, frozenset({EMPTY}))
    for other in sorted({one.list.pk for one in every_pointing(list_id, kind)}):
        replace_links(other, asked, actor=actor, after=0, limit=AT_ONCE)


def returned(list_id: int, ids: Sequence[int], *, actor: Employee) -> None:
    number = waiting(ids, limit=AT_ONCE + 1)
    if number > AT_ONCE:
        list_ = List.objects.get(pk=list_id)
        start_job("link_return", actor=actor, list_=list_, ids=list(ids))
        return
    while number and give_back(list_id, ids, actor=actor, limit=AT_ONCE)[0]:
        pass
