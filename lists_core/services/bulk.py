"""Changes of many elements: a batch is one transaction with one insert of history.

A batch never fails as a whole because of one element: what could not be changed is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right, rights_on, schema_for
from lists_core.models import ElementVersion
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from lists_core.services.elements import (
    apply_values,
    columns_of,
    delete_elements,
    move_some,
    open_list,
)
from lists_core.services.file_uses import keep_file_uses
from lists_core.services.history import record_versions
from lists_core.services.listeners import Refused, after_writes, allowed_writes
from lists_core.services.outbox import announce
from lists_core.services.references import check_references
from lists_core.services.values import Cleaned, clean_values, reasons
from staff.models import Employee
from svod.base.errors import Invalid

INLINE_LIMIT = 200
REPORTED = 500
Changes = dict[str, list[Any]]


@dataclass(frozen=True)
class BulkReport:
    """What became of the elements; `problems` maps ids to reasons, at most REPORTED of them.

    `same` counts those that already stood as asked.
    """

    changed: int = 0
    same: int = 0
    skipped: int = 0
    problems: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, other: BulkReport) -> BulkReport:
        problems = dict(list({**self.problems, **other.problems}.items())[:REPORTED])
        return replace(
            self,
            changed=self.changed + other.changed,
            same=self.same + other.same,
            skipped=self.skipped + other.skipped,
            problems=problems,
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


Batch = Callable[[Sequence[int]], BulkReport]


def check_bulk_values(schema: Schema, values: Mapping[str, Any], *, actor: Employee) -> Cleaned:
    """The values checked once for all elements. Raises Invalid (errors by code)."""
    cleaned = clean_values(schema, values, partial=True)
    unique = [
        known.code
        for known, value in cleaned.items()
        if known.type.concealed or (known.field.unique and value)
    ]
    if unique:
        told = _("Every element has its own value here, so it cannot be set for many at once.")
        raise Invalid({code: [told] for code in unique})
    check_references(cleaned, actor=actor)
    return cleaned


def bulk_update(
    list_id: int, ids: Collection[int], values: Mapping[str, Any], *, actor: Employee
) -> BulkReport:
    """Set the same values in many elements. Raises NotFound, Forbidden, Invalid."""
    with transaction.atomic():
        list_, schema = open_list(list_id)
        cleaned = check_bulk_values(schema_for(actor, list_), values, actor=actor)
        seen = list(elements(schema, actor).filter(pk__in=ids).select_for_update().order_by("pk"))
        rows, kept = permitted(schema, seen, Right.CHANGE, actor)
        changes = [
            (row, changed) for row in rows if (changed := apply_values(schema, row, cleaned))
        ]
        refused = save_changes(schema, cleaned, changes, actor)
    missing = missing_report(ids, {row.pk for row in seen})
    done = BulkReport(changed=len(changes) - refused.skipped, same=len(rows) - len(changes))
    return missing + kept + refused + done


def bulk_move(
    list_id: int, ids: Collection[int], *, section_id: int | None, actor: Employee
) -> BulkReport:
    """Put many elements into a section (None is the root). Raises NotFound, Forbidden, Invalid."""
    with transaction.atomic():
        _list, schema = open_list(list_id)
        seen = list(elements(schema, actor).filter(pk__in=ids))
        rows, kept = permitted(schema, seen, Right.CHANGE, actor)
        found = [row.pk for row in rows]
        moved, refused = move_some(list_id, found, section_id=section_id, actor=actor)
    missing = missing_report(ids, {row.pk for row in seen})
    same = len(found) - moved - len(refused)
    return missing + kept + refused_report(schema, refused) + BulkReport(changed=moved, same=same)


def bulk_delete(list_id: int, ids: Collection[int], *, actor: Employee) -> BulkReport:
    """Move many elements to the bin. Raises NotFound, Forbidden."""
    with transaction.atomic():
        _list, schema = open_list(list_id)
        seen = list(elements(schema, actor).filter(pk__in=ids))
        rows, kept = permitted(schema, seen, Right.DELETE, actor)
        gone = delete_elements(list_id, [row.pk for row in rows], actor=actor)
    missing = missing_report(ids, {row.pk for row in seen})
    return missing + kept + BulkReport(changed=gone)


def permitted(
    schema: Schema, rows: Sequence[Any], right: Right, actor: Employee
) -> tuple[list[Any], BulkReport]:
    """The rows on which the actor has the right, and a report of the others."""
    held = rights_on(actor, schema, rows)
    kept = [row.pk for row in rows if right not in held[row.pk]]
    told = _("You have no right to do this with the element.")
    report = BulkReport(skipped=len(kept), problems={str(pk): told for pk in kept[:REPORTED]})
    return [row for row in rows if right in held[row.pk]], report


def missing_report(ids: Collection[int], found: Collection[int]) -> BulkReport:
    """Those that are gone, or that the actor may not see: the two cannot be told apart."""
    missing = sorted(set(ids) - set(found))
    told = _("The element was not found.")
    return BulkReport(skipped=len(missing), problems={str(pk): told for pk in missing[:REPORTED]})


def save_changes(
    schema: Schema,
    cleaned: Mapping[SchemaField, Any],
    changes: Sequence[tuple[Any, Changes]],
    actor: Employee,
) -> BulkReport:
    """The rows of one batch, their history and one event; reports what listeners refused.

    Raises their refusal when they refused everything.
    """
    kept, refused = allowed_writes(ElementVersion.Kind.CHANGED, schema, changes, actor)
    if not kept:
        return BulkReport()
    rows = [row for row, _changes in kept]
    for row in rows:
        row.version += 1
        row.modified_by, row.modified_at = actor.pk, timezone.now()
        keep_file_uses(schema, row.pk, cleaned, actor=actor)
    columns = columns_of(schema, kept)
    stamped = ["version", "modified_by", "modified_at"]
    schema.model.objects.bulk_update(rows, [*columns, *stamped])
    record_versions(ElementVersion.Kind.CHANGED, kept, actor=actor)
    after_writes(schema, ElementVersion.Kind.CHANGED, kept, actor)
    ids, keys = [row.pk for row in rows], sorted({key for _row, own in kept for key in own})
    announce("element.changed", schema.list_id, ids=ids, fields=keys, actor=actor.pk)
    return refused_report(schema, refused)


def refused_report(schema: Schema, refused: Refused) -> BulkReport:
    """What listeners refused, in words."""
    told = {str(pk): reasons(schema, error) for pk, error in list(refused.items())[:REPORTED]}
    return BulkReport(skipped=len(refused), problems=told)
