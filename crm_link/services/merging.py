"""Several items become one: values, links and all that belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import Kind
from crm_link.merge_movers import Uniting, merge_movers
from crm_link.models import MergedItem
from crm_link.refs import CrmRef
from crm_link.selectors.kinds import list_of
from crm_link.services import booking_merging, requisite_merging  # noqa: F401 - name movers
from crm_link.services.duplicate_rules import duplicates_pass
from crm_link.services.rebind import lock_pointing, pointing_rows, rebind_all
from crm_link.services.timeline import note
from crm_link.uniting import Chosen, united
from lists_core.access import Right, forget, rights_on, schema_for
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.ddl import with_ddl_retry
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from lists_core.services.elements import delete_elements, open_list, update_element
from lists_core.services.references import available
from staff.models import Employee
from staff.services.audit import record
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound

MOST = 10
#: A merge that changes more elements than this is a job.
INLINE = 500


class MergedMeanwhile(Conflict):
    code = "item_changed"
    message = _("Somebody has changed one of the items. Look at them again.")


@dataclass(frozen=True)
class Merge:
    """`losers` become part of `winner`; `versions` (id → version) are those that the person saw,
    `chosen` says which value of a field stays."""

    kind: Kind
    winner: int
    losers: Sequence[int]
    chosen: Chosen
    versions: Mapping[int, int]

    @property
    def ids(self) -> list[int]:
        return [self.winner, *self.losers]


def merge_items(
    kind: Kind,
    winner: int,
    losers: Collection[int],
    *,
    actor: Employee,
    chosen: Chosen | None = None,
    versions: Mapping[int, int] | None = None,
) -> Any:
    """Make one item of several, in one transaction; returns the main one's row.

    Raises NotFound, Forbidden (change the main one, delete the others), Invalid,
    MergedMeanwhile, and ListBusy where writers leave no moment.
    """
    merge = _asked(kind, winner, losers, chosen, versions)
    return with_ddl_retry(partial(_merge, merge, actor))


def rehearse_merge(
    kind: Kind,
    winner: int,
    losers: Collection[int],
    *,
    actor: Employee,
    chosen: Chosen | None = None,
    versions: Mapping[int, int] | None = None,
) -> None:
    """Raise what `merge_items` would: all of it is done but the links, and undone."""
    merge = _asked(kind, winner, losers, chosen, versions)

    def rehearse() -> None:
        _merge(merge, actor, links=False)
        transaction.set_rollback(True)

    with_ddl_retry(rehearse)


def _asked(
    kind: Kind,
    winner: int,
    losers: Collection[int],
    chosen: Chosen | None,
    versions: Mapping[int, int] | None,
) -> Merge:
    others = [pk for pk in dict.fromkeys(losers) if pk != winner]
    if not 1 <= len(others) < MOST:
        raise Invalid({"": [_("Choose from two to ten items.")]})
    return Merge(kind, winner, others, chosen or {}, versions or {})


def check_merge(kind: Kind, winner: int, losers: Collection[int], *, actor: Employee) -> None:
    """Raise NotFound or Forbidden as `merge_items` would; asks little."""
    _rows(Merge(kind, winner, list(losers), {}, {}), actor)


def is_long(kind: Kind, losers: Collection[int]) -> bool:
    """Whether so many elements link to the items that the merge is better a job."""
    refs = (CrmRef(kind.slug, pk) for pk in losers)
    return sum(pointing_rows(ref, limit=INLINE) for ref in refs) >= INLINE


def _merge(merge: Merge, actor: Employee, *, links: bool = True) -> Any:
    list_id = list_of(merge.kind).pk
    lock_pointing(CrmRef(merge.kind.slug, merge.winner))
    forget()
    list_, schema, rows = _rows(merge, actor)
    if any(row.version != merge.versions.get(row.pk, row.version) for row in rows):
        raise MergedMeanwhile
    own = schema_for(actor, list_)
    values = _taken(own, rows, merge.chosen, actor)
    for mover in merge_movers:
        mover.before(Uniting(own, rows, merge.chosen, values), actor=actor)
    with duplicates_pass():  # for a moment both have the same telephone
        _write(list_id, rows[0].pk, {f: v for f, v in values.items() if not f.field.unique}, actor)
    for loser in merge.losers:
        refs = (CrmRef(merge.kind.slug, pk) for pk in (loser, merge.winner))
        for _rows_changed in rebind_all(*refs, actor=actor) if links else ():
            pass
        for mover in merge_movers:
            mover.move(loser, merge.winner, actor=actor)
    delete_elements(list_id, merge.losers, actor=actor)
    # What is unique is free only now.
    _write(list_id, rows[0].pk, {f: v for f, v in values.items() if f.field.unique}, actor)
    _note(merge, list_, rows, actor)
    return elements(schema, actor).get(pk=merge.winner)


def _rows(merge: Merge, actor: Employee) -> tuple[List, Schema, list[Any]]:
    """The rows, the main one first. Raises NotFound, Forbidden."""
    list_, schema = open_list(list_of(merge.kind).pk)
    found = {row.pk: row for row in elements(schema, actor).filter(pk__in=merge.ids)}
    if len(found) != len(merge.ids):
        raise NotFound
    rows = [found[pk] for pk in merge.ids]
    held = rights_on(actor, schema, rows)
    if Right.CHANGE not in held[merge.winner]:
        raise Forbidden
    if any(Right.DELETE not in held[pk] for pk in merge.losers):
        raise Forbidden
    return list_, schema, rows


def _taken(
    schema: Schema, rows: Sequence[Any], chosen: Chosen, actor: Employee
) -> dict[SchemaField, Any]:
    """The values that the main item is to get, as far as they differ from its own."""
    values = united(schema.changeable, rows, chosen)
    fields = {schema[code]: value for code, value in values.items()}
    kept = available(fields, actor=actor)
    return {field: value for field, value in kept.items() if field.read(rows[0]) != fields[field]}


def _write(list_id: int, pk: int, values: Mapping[SchemaField, Any], actor: Employee) -> None:
    if values:
        _list, schema = open_list(list_id)
        version = elements(schema, actor).values_list("version", flat=True).get(pk=pk)
        given = {field.code: value for field, value in values.items()}
        update_element(list_id, pk, given, version=version, actor=actor)


def _note(merge: Merge, list_: List, rows: Sequence[Any], actor: Employee) -> None:
    MergedItem.objects.filter(winner__in=merge.losers).update(winner=merge.winner)
    for pk in merge.losers:
        given = {"winner_id": merge.winner, "actor": actor}
        MergedItem.objects.update_or_create(loser_id=pk, defaults=given)
        note(pk, "merged_into", f"#{merge.winner}", actor=actor)
        note(merge.winner, "merged", f"#{pk}", actor=actor)
    record(
        "crm.merged",
        actor=actor,
        subject=f"element:{list_.pk}:{merge.winner}",
        subject_name=rows[0].name,
        about={"elements": list(merge.losers), "names": [row.name for row in rows[1:]]},
    )
