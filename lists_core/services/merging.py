"""Two writers of one element: what they changed in different fields goes together by itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lists_core.models import ElementVersion
from lists_core.schema.fields import first_key


def written_since(row: Any, version: int) -> set[str] | None:
    """Column stems (`first_key`) that others wrote after `version`; None when that is not known:
    the version never was, or its history is gone."""
    rows = ElementVersion.objects.filter(element=row.pk, version__gt=version)
    changes = list(rows.values_list("changes", flat=True))
    if len(changes) != row.version - version:
        return None
    return {first_key(key) for changed in changes for key in changed}


def overwritten(row: Any, version: int, keys: Collection[str]) -> set[str]:
    """Those of the `keys` that somebody wrote after `version`, which their writer saw; all of
    them when that is not known.

    One query, and none when nobody wrote in between.
    """
    if row.version == version:
        return set()
    others = written_since(row, version)
    return {key for key in keys if others is None or first_key(key) in others}
