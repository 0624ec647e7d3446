"""The history of elements: who wrote what, when, old → new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lists_core.models import ElementVersion
from staff.models import Employee

Changes = dict[str, list[Any]]


def record_versions(
    kind: ElementVersion.Kind, changes: Sequence[tuple[Any, Changes]], *, actor: Employee
) -> None:
    """One version a row; rows carry their new `version` and `modified_at` already."""
    ElementVersion.objects.bulk_create(
        [
            ElementVersion(
                element_id=row.pk,
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
