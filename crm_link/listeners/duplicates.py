"""Items that are there already are not saved again, where CRM's settings say so."""

from __future__ import annotations

from collections.abc import Sequence

from crm_link.points import EXACT, point_type, points_of
from crm_link.selectors.duplicate_rules import At, Blocking, blocking_of
from crm_link.services.duplicate_rules import Ask, Guard, are_passing
from crm_link.services.points import telling_fields
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.by_rule import written_by_rule
from lists_core.services.listeners import ElementListener, Write, listeners
from svod.base.errors import Invalid

Codes = dict[At, str]
"""A point → the code of the field that brings it."""


@listeners.register
class Duplicates(ElementListener):
    """Only what a write brings is compared: who is there twice already can be changed."""

    slug = "crm.duplicates"

    def hears(self, schema: Schema) -> bool:
        return blocking_of(schema) is not None

    def before(self, write: Write) -> None:
        rule = blocking_of(write.schema)
        if rule is None or are_passing() or written_by_rule():
            return
        turn = write.once("duplicates", lambda writes: Turn(rule, writes))
        errors: dict[str, list[str]] = {}
        for point, text in turn.why(write).items():
            errors.setdefault(turn.brought[write][point], []).append(text)
        if errors:
            raise Invalid(errors)


class Turn:
    """Writes that go together: each is compared with what is there and with those that passed
    before it. What another check refuses keeps no point from those after it."""

    def __init__(self, rule: Blocking, writes: Sequence[Write]) -> None:
        self.rule, self.heard = rule, 0
        self.brought = {one: _brought(rule, one) for one in writes}
        self.asks = {one: Ask(one.row.pk, own) for one, own in self.brought.items()}
        first, asks = writes[0], list(self.asks.values())
        whole = first.together.is_part
        self.guard = Guard(first.schema, rule, asks, first.actor, whole=whole)

    def why(self, write: Write) -> dict[At, str]:
        passed = write.together.passed
        for one in passed[self.heard :]:
            own = self.brought[one] if one in self.brought else _brought(self.rule, one)
            self.guard.given.update(own)
        self.heard = len(passed)
        return self.guard.why(self.asks[write])


def _brought(rule: Blocking, write: Write) -> Codes:
    """The points that the row did not have before."""
    fields = [one for one in telling_fields(write.schema) if point_type(one) in EXACT]
    old = {point for one in fields for point in _points(one, _before(one, write))}
    touched = [one for one in fields if one.key in write.changes]
    return {
        point: one.code
        for one in touched
        for point in _points(one, one.read(write.row))
        if point not in old and point[0] in rule.by
    }


def _before(field: SchemaField, write: Write) -> object:
    if write.is_new:
        return None
    if field.key not in write.changes:
        return field.read(write.row)
    return field.from_json(write.changes[field.key][0])


def _points(field: SchemaField, value: object) -> list[At]:
    type_ = point_type(field)
    return [(type_, point) for point in sorted(points_of(field, value))] if type_ else []
