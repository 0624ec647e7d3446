"""Whether what is derived from the grants is what they say, and mending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from lists_core.models import Element, ElementGroupRight, ElementUserRight, List
from lists_core.schema.ddl import lock_for_write
from lists_core.schema.registry import mend_registry, registry_faults
from lists_core.services.readers import differing, sync_readers

GRANTS = (ElementUserRight, ElementGroupRight)


@dataclass(frozen=True)
class Faults:
    """Of one list: elements with wrong `readers` (vanished subjects among them), grants on its
    elements that are written to another list, elements that the registry describes wrongly."""

    readers: int
    strayed: int
    registry: int

    def __bool__(self) -> bool:
        return bool(self.readers or self.strayed or self.registry)


def faults_of(list_: List) -> Faults:
    strayed = sum(_strayed(model, list_).count() for model in GRANTS)
    return Faults(len(differing(list_.pk)), strayed, registry_faults(list_.pk))


@transaction.atomic
def repair(list_: List) -> Faults:
    """Put the strays right, then every `readers` and the registry; what was wrong."""
    lock_for_write(list_.pk)
    own = Element.objects.filter(pk=OuterRef("content_object")).values("list")
    strayed = sum(_strayed(model, list_).update(list=Subquery(own)) for model in GRANTS)
    return Faults(sync_readers(list_.pk), strayed, mend_registry(list_.pk))


def _strayed(model: Any, list_: List) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(content_object__list=list_)
    return rows.exclude(list=F("content_object__list"))
