"""What an importing person may know: lists to import into, and earlier imports of a file."""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, F

from lists_core.access import Right, may_somewhere, schema_for
from lists_core.models import ImportBatch, ImportRun, List, StoredFile
from lists_core.selectors.elements import elements
from lists_core.selectors.lists import access_list
from lists_core.selectors.suggest import among
from staff.models import Employee
from svod.base.errors import Forbidden

LOOKED_AT = 5


def list_to_fill(actor: Employee, list_id: int) -> List:
    """A list into which the actor may import something. Raises NotFound, Forbidden."""
    list_ = access_list(actor, Right.VIEW, list_id)
    if not any(may_somewhere(actor, right, list_) for right in (Right.ADD, Right.CHANGE)):
        raise Forbidden
    return list_


def imported_before(list_: List, file: StoredFile, actor: Employee) -> datetime | None:
    """When the same file was last imported into the list with rows that the actor still sees."""
    runs = ImportRun.objects.filter(list=list_, sha256=file.sha256).order_by("-pk")
    for run in runs[:LOOKED_AT]:
        batch = ImportBatch.objects.filter(run=run).exclude(elements=[]).first()
        if batch and _sees_some(list_, batch, actor):
            return run.at
    return None


def _sees_some(list_: List, batch: ImportBatch, actor: Employee) -> bool:
    rows = elements(schema_for(actor, list_), actor)
    found: bool = rows.filter(among(F("pk"), batch.elements, BigIntegerField())).exists()
    return found
