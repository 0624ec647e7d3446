"""Many elements brought back from the bin: what cannot come back stays there and is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lists_core.access import Right
from lists_core.models import BulkLine
from lists_core.selectors.bin import binned
from lists_core.services.bulk import BulkReport, changed_report, permitted
from lists_core.services.bulk_undo import each_if_not_all
from lists_core.services.elements import open_list, restore_some
from staff.models import Employee


def bulk_restore(list_id: int, ids: Collection[int], *, actor: Employee) -> BulkReport:
    """Raises NotFound. What somebody brought back or removed meanwhile is passed over."""
    return _restored(list_id, [BulkLine(element_id=pk) for pk in ids], actor=actor)


@each_if_not_all
def _restored(list_id: int, lines: Sequence[BulkLine], /, *, actor: Employee) -> BulkReport:
    ids = [line.element_id for line in lines]
    _list, schema = open_list(list_id)
    rows = list(binned(schema, actor).filter(pk__in=ids).select_for_update().order_by("pk"))
    held, report = permitted(schema, rows, Right.DELETE, actor)
    back = restore_some(list_id, [row.pk for row in held], actor=actor)
    return report + changed_report(back)
