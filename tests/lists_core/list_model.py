"""A list as plain Python: fields that come, change and go, elements with their history.

Values are natural ones under the numbers of fields; a number stays with its field whatever
becomes of it, while `key`, the field's name in history, is new with each change of its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Values = dict[int, Any]
Changes = dict[str, tuple[Any, Any]]


@dataclass
class PlainField:
    type: str
    multiple: bool
    key: str
    required: bool = False
    deleted: bool = False
    #: What stood there before each change of its type: (type, multiple, key, element → value).
    before: list[tuple[str, bool, str, dict[int, Any]]] = field(default_factory=list)

    @property
    def code(self) -> str:
        return "C" + self.key[1:].partition("v")[0]


@dataclass
class PlainElement:
    values: Values = field(default_factory=dict)
    deleted: bool = False
    #: What each version wrote; the first is of its creation.
    versions: list[Changes] = field(default_factory=list)


@dataclass
class PlainList:
    fields: dict[int, PlainField] = field(default_factory=dict)
    elements: dict[int, PlainElement] = field(default_factory=dict)

    def live_fields(self) -> dict[int, PlainField]:
        return {number: one for number, one in self.fields.items() if not one.deleted}

    def live(self) -> dict[int, PlainElement]:
        return {pk: one for pk, one in self.elements.items() if not one.deleted}

    def lacks(self, values: Mapping[int, Any], *, new: bool) -> bool:
        """Is a required value missing among those that are written?"""
        asked = self.live_fields() if new else {number: self.fields[number] for number in values}
        return any(one.required and values.get(number) is None for number, one in asked.items())

    def write(self, pk: int, values: Mapping[int, Any]) -> Changes:
        """Writes what differs; no version when nothing does."""
        element = self.elements[pk]
        changes: Changes = {
            self.fields[number].key: (element.values.get(number), value)
            for number, value in values.items()
            if element.values.get(number) != value
        }
        element.values |= values
        if changes:
            element.versions.append(changes)
        return changes

    def meets(self, pk: int, version: int, values: Mapping[int, Any]) -> bool:
        """Would a writer who saw `version` write over what others wrote since?"""
        element = self.elements[pk]
        since = {first(key) for changes in element.versions[version:] for key in changes}
        differing = {
            number
            for number, value in values.items()
            if value is None or element.values.get(number) != value
        }
        return any(first(self.fields[number].key) in since for number in differing)

    def undo(self, pk: int, version: int, wrote: Changes) -> None:
        """What a bulk change wrote goes, but where somebody wrote later or the field is gone."""
        element = self.elements[pk]
        later = {key for changes in element.versions[version:] for key in changes}
        by_key = {one.key: number for number, one in self.live_fields().items()}
        back = {
            by_key[key]: old
            for key, (old, _new) in wrote.items()
            if key in by_key and key not in later
        }
        if not element.deleted:
            self.write(pk, back)

    def retype(self, number: int, type_: str, key: str, *, multiple: bool) -> None:
        one = self.fields[number]
        before = {pk: element.values.get(number) for pk, element in self.elements.items()}
        one.before.append((one.type, one.multiple, one.key, before))
        for element in self.elements.values():
            old = element.values.get(number)
            element.values[number] = converted(one, old, type_, multiple=multiple)
        one.type, one.multiple, one.key = type_, multiple, key

    def take_back(self, number: int) -> None:
        one = self.fields[number]
        one.type, one.multiple, one.key, before = one.before.pop()
        for pk, element in self.elements.items():
            element.values[number] = before.get(pk)


def first(key: str) -> str:
    return key.partition("v")[0]


def converted(one: PlainField, value: Any, type_: str, *, multiple: bool) -> Any:
    """A value of the field in its new type; None where it does not fit."""
    items = [] if value is None else (value if one.multiple else [value])
    if one.multiple and not multiple and (len(items) > 1 or type_ != one.type):
        items = items if type_ == one.type and len(items) == 1 else []
    fitting = [other(item, type_) for item in items]
    if not fitting or None in fitting:
        return None
    return fitting if multiple else fitting[0]


def other(item: Any, type_: str) -> Any:
    if type_ == "string":
        return str(item)
    if isinstance(item, Decimal):
        return item
    return Decimal(item) if item.isdigit() else None
