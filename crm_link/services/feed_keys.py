"""By what elements are gathered: a field as it is, the day of a date, a text whatever its case."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.schema.fields import SchemaField
from svod.base.registry import Registry

DATES = {"date", "datetime"}
TEXTS = {"string"}


@dataclass(frozen=True)
class KeyKind:
    """`read` gives a JSON form of a natural value that is not None."""

    slug: str
    label: str | Promise
    read: Callable[[SchemaField, Any], Any]
    #: Slugs of the types it fits; empty for all.
    types: frozenset[str] = frozenset()

    def fits(self, field: SchemaField) -> bool:
        return not self.types or (field.type.slug in self.types and not field.multiple)


def _as_it_is(field: SchemaField, value: Any) -> Any:
    raw = field.to_json(value)
    return sorted(raw, key=str) if isinstance(raw, list) else raw


def _day(field: SchemaField, value: Any) -> str:
    return _local(value).isoformat()


def _month(field: SchemaField, value: Any) -> str:
    return _local(value).isoformat()[:7]


def _local(value: Any) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _plain(field: SchemaField, value: Any) -> str:
    """Addresses that people type twice: case, ё, spaces and signs at the ends do not count."""
    text = re.sub(r"\s+", " ", str(value).casefold().replace("ё", "е"))
    return re.sub(r"\s*([,.;])\s*", r"\1 ", text).strip(" ,.;")


key_kinds: Registry[KeyKind] = Registry("key of a consolidation")
for kind in (
    KeyKind("value", _("the value itself"), _as_it_is),
    KeyKind("day", _("the day"), _day, frozenset(DATES)),
    KeyKind("month", _("the month"), _month, frozenset(DATES)),
    KeyKind("text", _("the text, whatever its case and spaces"), _plain, frozenset(TEXTS)),
):
    key_kinds.register(kind)


def key_of(row: Any, parts: Sequence[tuple[SchemaField, KeyKind]]) -> list[Any]:
    """The group in which the row belongs; an empty field is a value like any other."""
    return [
        None if (value := field.read(row)) is None else kind.read(field, value)
        for field, kind in parts
    ]


def digest(key: Sequence[Any]) -> str:
    return sha256(json.dumps(key, ensure_ascii=False).encode()).hexdigest()
