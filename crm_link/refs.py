"""How CRM items are written outside and in binding fields: Bitrix24's `D_12`, `CO_3`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Self

from crm_link.kinds import Kind, kinds
from lists_core.field_types.pickers import is_id


class CrmRef(str):
    """An item: the slug of its kind and the id of its element. As a text it is `D_12`.

    It is a text, so that columns, JSON, history and processes keep it as it stands.
    """

    __slots__ = ("id", "kind")
    kind: str
    id: int

    def __new__(cls, kind: str, id: int) -> Self:
        self = super().__new__(cls, f"{kinds.get(kind).prefix}_{id}")
        self.kind, self.id = kind, id
        return self

    def __getnewargs__(self) -> tuple[str, int]:  # type: ignore[override]  # copies are made so
        return self.kind, self.id


def parse_ref(text: str, only: Kind | None = None) -> CrmRef | None:
    """`D_12` → a deal; a bare `12` only where one kind is allowed (`only`). None if it is none."""
    prefix, mark, number = text.strip().rpartition("_")
    if not is_id(number):
        return None
    if not mark:
        return CrmRef(only.slug, int(number)) if only else None
    found = next((kind for kind in kinds if kind.prefix == prefix.upper()), None)
    return CrmRef(found.slug, int(number)) if found else None


def stored_ref(text: str) -> CrmRef:
    """The item of a text that was kept as `D_12`."""
    found = parse_ref(text)
    if found is None:
        raise ValueError(f"{text!r} names no CRM item")
    return found


def parse_allowed(raw: object, allowed: Collection[Kind]) -> CrmRef | None:
    """The item of anything that comes from outside, if it is of an allowed kind.

    A bare number counts where one kind is allowed.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return None
    only = next(iter(allowed)) if len(allowed) == 1 else None
    found = parse_ref(str(raw), only)
    return found if found and kinds.get(found.kind) in allowed else None
