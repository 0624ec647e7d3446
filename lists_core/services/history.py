"""The history of elements: who wrote what, when, old → new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Func, Value

from lists_core.models import ElementDraft, ElementVersion, List
from staff.models import Employee

Changes = dict[str, list[Any]]


def record_versions(
    kind: ElementVersion.Kind,
    list_id: int,
    changes: Sequence[tuple[Any, Changes]],
    *,
    actor: Employee,
) -> None:
    """One version a row; rows carry their new `version` and `modified_at` already."""
    ElementVersion.objects.bulk_create(
        [
            ElementVersion(
                element_id=row.pk,
                list_id=list_id,
                version=row.version,
                kind=kind,
                actor=actor,
                at=row.modified_at,
                changes=changed,
            )
            for row, changed in changes
        ],
        batch_size=1000,
    )


def forget_values(list_: List, key: str) -> None:
    """Take the values of one column stem out of the history of the list, and its drafts, which
    may hold them too."""
    ElementDraft.objects.filter(list=list_).delete()
    rows = ElementVersion.objects.filter(element__list=list_, changes__has_key=key)
    without = Func(F("changes"), Value(key), template="%(expressions)s", arg_joiner=" - ")
    rows.update(changes=without)
