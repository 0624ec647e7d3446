"""Taking a bulk change back: what it wrote goes, what others wrote since stays.

The ground is the history. A field that any later version of the element touched is left as it
is; so is a deleted element that was brought back and a copy that somebody has worked on. Rights
are those of now, of whoever takes back, and the writes go the way of all writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, schema_for
from lists_core.models import BulkLine, ElementVersion, List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.bin import binned
from lists_core.selectors.elements import elements
from lists_core.services.bulk import (
    BulkReport,
    Outcome,
    changed_report,
    left_out,
    missing_report,
    no_right,
    permitted,
    refused_report,
)
from lists_core.services.elements import (
    apply_values,
    delete_some,
    open_list,
    place_for,
    put_into,
    restore_some,
    unique_errors,
)
from lists_core.services.file_uses import put_back_file_uses
from lists_core.services.listeners import allowed_writes
from lists_core.services.saving import save_changed, told
from lists_core.services.values import clean_value, reasons
from staff.models import Employee
from svod.base.errors import Conflict, DomainError, Forbidden, Invalid

Changes = Mapping[str, list[Any]]
Place = Callable[[int | None], DomainError | None]


class Undo(Protocol):
    """Takes the lines of one bulk change back, in one transaction."""

    def __call__(
        self, list_id: int, lines: Sequence[BulkLine], /, *, actor: Employee
    ) -> BulkReport: ...


@dataclass
class Back:
    """What one row gets back, and why some of it stays: words by outcome."""

    row: Any
    cleaned: dict[SchemaField, Any] = field(default_factory=dict)
    section: tuple[int | None] | None = None
    kept: dict[Outcome, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def nothing(self) -> bool:
        return not self.cleaned and self.section is None


def each_if_not_all(undo: Undo) -> Undo:
    """Where a batch breaks over one element (a unique value that is taken, a file that is gone),
    they go one by one, and only those that break it stay."""

    @wraps(undo)
    def whole_or_each(list_id: int, lines: Sequence[BulkLine], /, *, actor: Employee) -> BulkReport:
        try:
            with transaction.atomic():
                return undo(list_id, lines, actor=actor)
        except (Invalid, Conflict, Forbidden) as error:
            if len(lines) == 1:
                return _stays(list_id, lines[0], error)
        parts = [whole_or_each(list_id, [line], actor=actor) for line in lines]
        return sum(parts, BulkReport())

    return whole_or_each


def _stays(list_id: int, line: BulkLine, error: DomainError) -> BulkReport:
    pk = line.made or line.element_id
    if isinstance(error, Forbidden):
        return left_out(Outcome.NO_RIGHT, {pk: no_right()})
    schema = schema_of(List.objects.get(pk=list_id))
    return left_out(Outcome.REFUSED, {pk: reasons(schema, error)})


# --- of values and places ---------------------------------------------------------------


@each_if_not_all
def undo_changes(list_id: int, lines: Sequence[BulkLine], /, *, actor: Employee) -> BulkReport:
    """Put the old values and sections back where nobody has touched them since.

    Raises NotFound, Invalid.
    """
    versions = {line.element_id: line.version or 0 for line in lines}
    list_, schema = open_list(list_id)
    found = elements(schema, actor).filter(pk__in=versions)
    seen = list(found.select_for_update().order_by("pk"))
    rows, report = permitted(schema, seen, Right.CHANGE, actor)
    report += missing_report(versions, {row.pk for row in seen})
    own = schema_for(actor, list_)
    place = _places(list_, actor)
    wrote = _written(versions)
    backs = [_back(own, row, *wrote[row.pk], place) for row in rows]
    report += sum((_kept_whole(back) for back in backs if back.nothing), BulkReport())
    return report + _put_back(schema, [back for back in backs if not back.nothing], actor)


def _written(versions: Mapping[int, int]) -> dict[int, tuple[Changes, set[str]]]:
    """Element id → (what the bulk change wrote, which keys were written after it). One query."""
    found: dict[int, tuple[Changes, set[str]]] = {pk: ({}, set()) for pk in versions}
    oldest = min(versions.values(), default=0)
    history = ElementVersion.objects.filter(element__in=versions, version__gte=oldest)
    for pk, version, changes in history.values_list("element", "version", "changes"):
        if version == versions[pk]:
            found[pk] = (changes, found[pk][1])
        elif version > versions[pk]:
            found[pk][1].update(changes)
    return found


def _places(list_: List, actor: Employee) -> Place:
    """Why nothing may be put back into a section; each is looked at once."""

    @cache
    def refusal(section_id: int | None) -> DomainError | None:
        try:
            place_for(list_, section_id, actor=actor)
        except (Forbidden, Invalid) as error:
            return error
        return None

    return refusal


def _back(own: Schema, row: Any, wrote: Changes, later: set[str], place: Place) -> Back:
    """`own` is the schema as the actor knows it: other fields stay, and nothing is said of
    them."""
    back = Back(row)
    for key, (old, _new) in wrote.items():
        known = own.by_key.get(key)
        if known is None and key != "section":
            continue
        if key in later:
            back.kept[Outcome.MEANWHILE].append(known.name if known else _("Section"))
        elif known is None or key == "section":
            _back_place(back, old, place)
        else:
            _back_value(own, back, known, old)
    return back


def _back_place(back: Back, old: int | None, place: Place) -> None:
    error = place(old)
    if error is None:
        back.section = (old,)
    else:
        why = Outcome.NO_RIGHT if isinstance(error, Forbidden) else Outcome.INVALID
        back.kept[why].append(_("Section"))


def _back_value(own: Schema, back: Back, known: SchemaField, old: Any) -> None:
    if known not in own.changeable:
        back.kept[Outcome.NO_RIGHT].append(known.name)
        return
    try:
        # What stood there may be older than the demand for a value.
        back.cleaned[known] = clean_value(known, known.from_json(old), lenient=True)
    except ValidationError:
        back.kept[Outcome.INVALID].append(known.name)


def _kept_whole(back: Back) -> BulkReport:
    """Nothing of the element can be put back."""
    if not back.kept:
        return left_out(Outcome.NO_RIGHT, {back.row.pk: no_right()})
    outcome = next(iter(back.kept))
    return left_out(outcome, {back.row.pk: _said(back)})


def _said(back: Back) -> str:
    """ "Changed by someone meanwhile: Price, Section. The value does not fit: Stage."."""
    parts = [f"{Outcome(why).label}: {', '.join(names)}." for why, names in back.kept.items()]
    return " ".join(parts)


def _put_back(schema: Schema, backs: Sequence[Back], actor: Employee) -> BulkReport:
    changes = [(back, own) for back in backs if (own := _apply(schema, back))]
    same = BulkReport(same=len(backs) - len(changes))
    kind = ElementVersion.Kind.CHANGED
    asked = [(back.row, own) for back, own in changes]
    kept, refused = allowed_writes(kind, schema, asked, actor, strict=False)
    if kept:
        with unique_errors(schema):
            save_changed(schema, kept, actor)
        told(schema, kind, kept, actor)
    saved = {row.pk for row, _own in kept}
    done = [back for back, _own in changes if back.row.pk in saved]
    for back in done:
        put_back_file_uses(schema, back.row.pk, back.cleaned)
    return same + refused_report(schema, refused) + _done(done)


def _apply(schema: Schema, back: Back) -> dict[str, list[Any]]:
    changes = apply_values(schema, back.row, back.cleaned)
    return changes | put_into(back.row, back.section[0]) if back.section else changes


def _done(backs: Iterable[Back]) -> BulkReport:
    report = changed_report([back.row for back in backs])
    partly = {back.row.pk: _said(back) for back in backs if back.kept}
    lines = tuple(
        replace(line, outcome=Outcome.PARTLY, text=partly[line.element])
        if line.element in partly
        else line
        for line in report.lines
    )
    return replace(report, lines=lines)


# --- of deletion and copying ------------------------------------------------------------


@each_if_not_all
def undo_deletion(list_id: int, lines: Sequence[BulkLine], /, *, actor: Employee) -> BulkReport:
    """Bring back what still lies in the bin as it was thrown there. Raises NotFound, Invalid."""
    versions = {line.element_id: line.version for line in lines}
    _list, schema = open_list(list_id)
    rows = list(binned(schema, actor).filter(pk__in=versions).select_for_update().order_by("pk"))
    back = set(elements(schema, actor).filter(pk__in=versions).values_list("pk", flat=True))
    fit, report = _untouched(schema, rows, versions, actor)
    report += _meanwhile(back) + missing_report(versions, back | {row.pk for row in rows})
    return report + changed_report(restore_some(list_id, fit, actor=actor))


@each_if_not_all
def undo_copies(list_id: int, lines: Sequence[BulkLine], /, *, actor: Employee) -> BulkReport:
    """Throw into the bin the copies on which nobody has worked. Raises NotFound."""
    versions = {line.made: line.version for line in lines if line.made}
    _list, schema = open_list(list_id)
    found = elements(schema, actor).filter(pk__in=versions)
    rows = list(found.select_for_update().order_by("pk"))
    fit, report = _untouched(schema, rows, versions, actor)
    report += missing_report(versions, {row.pk for row in rows})
    gone, refused = delete_some(list_id, fit, actor=actor, strict=False)
    return report + refused_report(schema, refused) + changed_report(gone)


def _untouched(
    schema: Schema, rows: Sequence[Any], versions: Mapping[int, int | None], actor: Employee
) -> tuple[list[int], BulkReport]:
    """The ids of those that stand at their version and that the actor may delete."""
    held, report = permitted(schema, rows, Right.DELETE, actor)
    fit = [row.pk for row in held if row.version == versions[row.pk]]
    return fit, report + _meanwhile({row.pk for row in held} - set(fit))


def _meanwhile(ids: Iterable[int]) -> BulkReport:
    said = str(Outcome.MEANWHILE.label)
    return left_out(Outcome.MEANWHILE, dict.fromkeys(sorted(ids), said))
