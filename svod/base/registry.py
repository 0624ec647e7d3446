"""One small registry class for every family of variants (field types, actions, operators)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar


class Registrable(Protocol):
    """Anything with a unique slug."""

    @property
    def slug(self) -> str: ...


Entry = TypeVar("Entry", bound=Registrable)
Given = TypeVar("Given")


class DuplicateEntry(ValueError):
    """Two variants claim one slug: a fault of the program, raised at start."""


class UnknownEntry(LookupError):
    """Nobody registered this slug. Input from people is to be checked with `in` first."""


class Registry(Generic[Entry]):
    """Variants by slug, in the order of registration.

    `register` serves as a class decorator (the class is instantiated without arguments and
    returned unchanged) and as a plain call with a ready object:

        field_types: Registry[FieldType] = Registry("field type")

        @field_types.register
        class MoneyType(FieldType):
            slug = "money"
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}

    def register(self, given: Given) -> Given:
        """Add a variant; a taken or an empty slug raises."""
        entry: Any = given() if isinstance(given, type) else given
        if not entry.slug:
            raise ValueError(f"{self.kind} {entry!r} has no slug")
        if entry.slug in self._entries:
            raise DuplicateEntry(f"{self.kind} {entry.slug!r} is registered twice")
        self._entries[entry.slug] = entry
        return given

    def unregister(self, slug: str) -> None:
        """Take a variant away (tests add and remove their own)."""
        self.get(slug)
        del self._entries[slug]

    def get(self, slug: str) -> Entry:
        try:
            return self._entries[slug]
        except KeyError:
            known = ", ".join(self._entries) or "none"
            raise UnknownEntry(f"unknown {self.kind} {slug!r}; known: {known}") from None

    def all(self) -> list[Entry]:
        return list(self._entries.values())

    def slugs(self) -> list[str]:
        return list(self._entries)

    def __contains__(self, slug: object) -> bool:
        return slug in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self._entries)
