"""Which of several employees an item goes to: the next in turn, or the least busy."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from crm_link.models import Stage, Turn
from lists_core.models import List
from lists_core.schema.cache import schema_of
from staff.models import Employee
from staff.selectors_absences import absent_ids


def present(people: Sequence[Employee]) -> list[Employee]:
    """Those who are not away today; everybody, where all are."""
    away = absent_ids([one.pk for one in people])
    return [one for one in people if one.pk not in away] or list(people)


def next_in_turn(key: str, people: Sequence[Employee]) -> Employee:
    """Round and round by their numbers, whoever joins or leaves meanwhile. Of several at the
    same moment each gets another one: the row of the turn is locked until the commit."""
    turn = _locked(key)
    ordered = sorted(people, key=lambda one: one.pk)
    chosen = next((one for one in ordered if one.pk > turn.last), ordered[0])
    turn.last = chosen.pk
    turn.save(update_fields=["last"])
    return chosen


def least_busy(list_: List, people: Sequence[Employee]) -> Employee:
    """Whoever answers for the fewest items that are still in work; the first one of equals."""
    _locked(f"busy:{list_.pk}")
    load = busy(list_, [one.pk for one in people])
    return min(people, key=lambda one: (load.get(one.pk, 0), one.pk))


def busy(list_: List, ids: Sequence[int]) -> dict[int, int]:
    """Employee id → how many items in work they answer for. One query."""
    schema = schema_of(list_)
    column = schema["RESPONSIBLE"].main_column
    rows = schema.model.objects.filter(deleted_at=None, **{f"{column}__in": ids})
    if "STAGE" in schema.by_code:
        over = Stage.objects.filter(option__field__list=list_).exclude(
            semantics=Stage.Semantics.PROCESS
        )
        stage = schema["STAGE"].main_column
        rows = rows.exclude(**{f"{stage}__in": list(over.values_list("pk", flat=True))})
    counted = rows.order_by().values_list(column).annotate(count=Count("pk"))
    return dict(counted)


def _locked(key: str) -> Turn:
    Turn.objects.get_or_create(key=key)
    return Turn.objects.select_for_update().get(key=key)
