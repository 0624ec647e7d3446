"""Everything that points to one CRM item pointed to another: what a merge leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from crm_link.binding import BINDING
from crm_link.kinds import kinds
from crm_link.refs import CrmRef
from crm_link.selectors.kinds import list_of
from lists_core.models import Field, Job
from lists_core.schema.compile import compile_model
from lists_core.schema.ddl import lock_for_change
from lists_core.schema.fields import SchemaField
from lists_core.services.jobs import start_job
from lists_core.services.repointing import pointing_q, repoint
from staff.models import Employee

BATCH = 500
#: More rows than this are work for a job.
AT_ONCE = 500


def rebind(old: CrmRef, new: CrmRef, *, actor: Employee) -> Job | None:
    """Put `new` in the place of `old` in the binding and link fields of all lists, with history
    and events. Both are of one kind. Returns the job that does it where it is much, else None.

    The caller answers for the right to do it: all rows are looked at, whoever acts.
    """
    if pointing_rows(old, limit=AT_ONCE + 1) > AT_ONCE:
        return start_job("crm_rebind", actor=actor, old=str(old), new=str(new))
    for _rows in rebind_all(old, new, actor=actor):
        pass
    return None


def rebind_all(old: CrmRef, new: CrmRef, *, actor: Employee) -> Iterator[int]:
    """Do it in batches, each a transaction of its own; yields how many rows each had. Begun anew
    it goes on with those left."""
    for list_id, fields in _pointing(old).items():
        for value, put, keys in _parts(fields, old, new):
            while rows := repoint(list_id, keys, value, put, actor=actor, limit=BATCH):
                yield rows
    _forgotten(old, new)


def pointing_rows(ref: CrmRef, *, limit: int) -> int:
    """How many rows of all lists point to the item, counting no further than `limit`."""
    found = 0
    for list_id, fields in _pointing(ref).items():
        for value, _put, keys in _parts(fields, ref, ref):
            own = [SchemaField.of(field) for field in fields if field.column in keys]
            rows = compile_model(list_id, own).objects.filter(pointing_q(own, value))
            found += rows.order_by()[: limit - found].count()
            if found >= limit:
                return found
    return found


def lock_pointing(ref: CrmRef) -> None:
    """Keep writers out of the item's list and of those that may point to it until the transaction
    ends: none of them can then add a link that `rebind_all` did not see."""
    for list_id in sorted({list_of(kinds.get(ref.kind)).pk, *_pointing(ref)}):
        lock_for_change(list_id)


def _pointing(ref: CrmRef, *, deleted: bool = False) -> dict[int, list[Field]]:
    """List id → its fields that may point to items of this kind; with `deleted`, those of the
    bin of fields."""
    target = list_of(kinds.get(ref.kind)).pk
    fields = Field.objects.filter(type__in=[BINDING, "element"], deleted_at__isnull=not deleted)
    found: dict[int, list[Field]] = {}
    for field in fields.order_by("list", "pk"):
        if field.type == BINDING or field.settings.get("list") == target:
            found.setdefault(field.list_id, []).append(field)
    return found


Part = tuple[CrmRef | int, CrmRef | int, list[str]]


def _parts(fields: list[Field], old: CrmRef, new: CrmRef) -> list[Part]:
    """(value, what stands in its place, keys of the fields): bindings hold texts, links ids."""
    bindings = [field.column for field in fields if field.type == BINDING]
    links = [field.column for field in fields if field.type != BINDING]
    every: list[Part] = [(old, new, bindings), (old.id, new.id, links)]
    return [part for part in every if part[2]]


@transaction.atomic
def _forgotten(old: CrmRef, new: CrmRef) -> None:
    """Fields of the bin hold values too and may come back; nobody reads their history."""
    for list_id, fields in _pointing(old, deleted=True).items():
        for field in map(SchemaField.of, fields):
            value, put = (old, new) if field.type.slug == BINDING else (old.id, new.id)
            rows = compile_model(list_id, (field,)).objects.filter(pointing_q([field], value))
            for row in rows.select_for_update():
                items = [put if item == value else item for item in field.items(field.read(row))]
                kept = list(dict.fromkeys(items)) if field.multiple else items[0]
                rows.model.objects.filter(pk=row.pk).update(**field.to_columns(kept))
