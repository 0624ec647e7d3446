"""Changes of many elements: a batch is one transaction with one insert of history.

A batch never fails as a whole because of one element: what could not be changed is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, rights_on, schema_for
from lists_core.models import BulkLine, ElementVersion
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from lists_core.services.elements import (
    apply_values,
    copy_element,
    delete_some,
    move_some,
    open_list,
)
from lists_core.services.file_uses import keep_file_uses
from lists_core.services.listeners import Refused, allowed_writes
from lists_core.services.references import check_references
from lists_core.services.saving import save_changed, told
from lists_core.services.values import Cleaned, clean_values, reasons
from staff.models import Employee
from svod.base.errors import DomainError, Forbidden, Invalid

INLINE_LIMIT = 200
REPORTED = 500
Changes = dict[str, list[Any]]
Outcome = BulkLine.Outcome


@dataclass(frozen=True)
class Line:
    """What became of one element: see `BulkLine`, which keeps it."""

    element: int
    outcome: Outcome
    version: int | None = None
    made: int | None = None
    text: str = ""


@dataclass(frozen=True)
class BulkReport:
    """What became of the elements; `problems` maps ids to reasons, at most REPORTED of them.

    `same` counts those that already stood as asked. `lines` tell of all the others one by one,
    for the job to keep; they are no part of its result.
    """

    changed: int = 0
    same: int = 0
    skipped: int = 0
    problems: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()

    def __add__(self, other: BulkReport) -> BulkReport:
        problems = dict(list({**self.problems, **other.problems}.items())[:REPORTED])
        return replace(
            self,
            changed=self.changed + other.changed,
            same=self.same + other.same,
            skipped=self.skipped + other.skipped,
            problems=problems,
            lines=(*self.lines, *other.lines),
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(replace(self, lines=()), dict_factory=_without_lines)


def _without_lines(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if name != "lines"}


def changed_report(rows: Sequence[Any]) -> BulkReport:
    """The rows as they were just written."""
    lines = tuple(Line(row.pk, Outcome.CHANGED, row.version) for row in rows)
    return BulkReport(changed=len(rows), lines=lines)


def left_out(outcome: Outcome, told: Mapping[int, str]) -> BulkReport:
    """Elements that stay as they are, and why: id → words."""
    lines = tuple(Line(pk, outcome, text=text) for pk, text in told.items())
    problems = {str(pk): text for pk, text in list(told.items())[:REPORTED]}
    return BulkReport(skipped=len(told), problems=problems, lines=lines)


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
        said = _("Every element has its own value here, so it cannot be set for many at once.")
        raise Invalid({code: [said] for code in unique})
    check_references(cleaned, actor=actor)
    return cleaned


def bulk_update(
    list_id: int,
    ids: Collection[int],
    values: Mapping[str, Any],
    *,
    actor: Employee,
    strict: bool = True,
) -> BulkReport:
    """Set the same values in many elements. Raises NotFound, Forbidden, Invalid.

    When listeners refuse everything their refusal is raised if `strict`; else it is reported.
    """
    with transaction.atomic():
        list_, schema = open_list(list_id)
        cleaned = check_bulk_values(schema_for(actor, list_), values, actor=actor)
        seen = list(elements(schema, actor).filter(pk__in=ids).select_for_update().order_by("pk"))
        rows, kept = permitted(schema, seen, Right.CHANGE, actor)
        changes = [
            (row, changed) for row in rows if (changed := apply_values(schema, row, cleaned))
        ]
        written = save_changes(schema, cleaned, changes, actor, strict=strict)
    missing = missing_report(ids, {row.pk for row in seen})
    return missing + kept + written + BulkReport(same=len(rows) - len(changes))


def bulk_move(
    list_id: int,
    ids: Collection[int],
    *,
    section_id: int | None,
    actor: Employee,
    strict: bool = True,
) -> BulkReport:
    """Put many elements into a section (None is the root). Raises NotFound, Forbidden, Invalid."""
    with transaction.atomic():
        _list, schema = open_list(list_id)
        seen = list(elements(schema, actor).filter(pk__in=ids))
        rows, kept = permitted(schema, seen, Right.CHANGE, actor)
        found = [row.pk for row in rows]
        moved, refused = move_some(
            list_id, found, section_id=section_id, actor=actor, strict=strict
        )
    missing = missing_report(ids, {row.pk for row in seen})
    same = BulkReport(same=len(found) - len(moved) - len(refused))
    return missing + kept + refused_report(schema, refused) + changed_report(moved) + same


def bulk_delete(
    list_id: int, ids: Collection[int], *, actor: Employee, strict: bool = True
) -> BulkReport:
    """Move many elements to the bin. Raises NotFound, Forbidden."""
    with transaction.atomic():
        _list, schema = open_list(list_id)
        seen = list(elements(schema, actor).filter(pk__in=ids))
        rows, kept = permitted(schema, seen, Right.DELETE, actor)
        gone, refused = delete_some(list_id, [row.pk for row in rows], actor=actor, strict=strict)
    missing = missing_report(ids, {row.pk for row in seen})
    return missing + kept + refused_report(schema, refused) + changed_report(gone)


def bulk_copy(list_id: int, ids: Collection[int], *, actor: Employee) -> BulkReport:
    """Add a copy of each element beside it. Raises NotFound."""
    with transaction.atomic():
        _list, schema = open_list(list_id)
        seen = list(elements(schema, actor).filter(pk__in=ids).order_by("pk"))
        report = missing_report(ids, {row.pk for row in seen})
        for row in seen:
            report += _copied(schema, row.pk, actor)
    return report


def _copied(schema: Schema, element_id: int, actor: Employee) -> BulkReport:
    """In a savepoint of its own: what one element lacks keeps no other from being copied."""
    try:
        with transaction.atomic():
            copy = copy_element(schema.list_id, element_id, actor=actor)
    except Forbidden:
        return left_out(Outcome.NO_RIGHT, {element_id: no_right()})
    except DomainError as error:
        return refused_report(schema, {element_id: error})
    line = Line(element_id, Outcome.CHANGED, copy.version, made=copy.pk)
    return BulkReport(changed=1, lines=(line,))


def permitted(
    schema: Schema, rows: Sequence[Any], right: Right, actor: Employee
) -> tuple[list[Any], BulkReport]:
    """The rows on which the actor has the right, and a report of the others."""
    held = rights_on(actor, schema, rows)
    kept = [row.pk for row in rows if right not in held[row.pk]]
    report = left_out(Outcome.NO_RIGHT, dict.fromkeys(kept, no_right()))
    return [row for row in rows if right in held[row.pk]], report


def no_right() -> str:
    return _("You have no right to do this with the element.")


def missing_report(ids: Collection[int], found: Collection[int]) -> BulkReport:
    """Those that are gone, or that the actor may not see: the two cannot be told apart."""
    missing = sorted(set(ids) - set(found))
    return left_out(Outcome.NOT_FOUND, dict.fromkeys(missing, _("The element was not found.")))


def save_changes(
    schema: Schema,
    cleaned: Mapping[SchemaField, Any],
    changes: Sequence[tuple[Any, Changes]],
    actor: Employee,
    *,
    strict: bool = True,
) -> BulkReport:
    """The rows of one batch, their history and one event; reports what listeners refused.

    Raises their refusal when they refused everything, if `strict`.
    """
    kind = ElementVersion.Kind.CHANGED
    kept, refused = allowed_writes(kind, schema, changes, actor, strict=strict)
    if kept:
        save_changed(schema, kept, actor)
        for row, _own in kept:
            keep_file_uses(schema, row.pk, cleaned, actor=actor)
        told(schema, kind, kept, actor)
    return refused_report(schema, refused) + changed_report([row for row, _own in kept])


def refused_report(schema: Schema, refused: Refused) -> BulkReport:
    """What listeners refused, in words."""
    told = {pk: reasons(schema, error) for pk, error in refused.items()}
    return left_out(Outcome.REFUSED, told)
