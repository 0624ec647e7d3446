"""A consolidation rule as its employee may carry it out: fields, condition, keys, mapping."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm_link.carrying import by_pk
from crm_link.models import FeedRule
from crm_link.selectors.stage_book import SUCCESS
from crm_link.selectors.stages import all_stages
from crm_link.services.feed_keys import KeyKind, key_kinds, key_of
from crm_link.services.feed_values import Line, hows, values_of
from crm_link.services.links import link_value
from lists_core.access import Right, schema_for
from lists_core.filters.tree import Group, parse_filter
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from lists_core.selectors.lists import access_list
from lists_core.selectors.titles import row_titles
from staff.models import Employee
from svod.base.errors import Conflict, NotFound

NAME = 0


@dataclass(frozen=True)
class Plan:
    """What a rule does, checked for one person."""

    rule: FeedRule
    actor: Employee
    source: Schema
    target: Schema
    condition: Group
    keys: Sequence[tuple[SchemaField, KeyKind]]
    lines: Sequence[Line]
    link: SchemaField | None
    won: Collection[int] | None

    def found(self) -> QuerySet[Any]:
        """The sources that belong somewhere, as the person may read them."""
        rows = elements(self.source, self.actor).filter(self.condition.to_q(self.actor))
        if self.won is None:
            return rows
        stage = self.source["STAGE"].main_column
        return rows.filter(Q.create([(f"{stage}__in", list(self.won))]))

    def rows(self, ids: Collection[int]) -> dict[int, Any]:
        return {row.pk: row for row in self.found().filter(pk__in=ids)}

    def key(self, row: Any) -> list[Any]:
        return key_of(row, self.keys)

    def titles(self, rows: Collection[Any]) -> Mapping[str, Any]:
        return row_titles([line.source for line in self.lines], rows, actor=self.actor)

    def values(self, rows: Sequence[Any], titles: Mapping[str, Any]) -> dict[str, Any]:
        """What the element of a group holds, by codes of the target. Raises Invalid."""
        values = values_of(self.lines, rows, titles, actor=self.actor)
        values["NAME"] = (values.get("NAME") or self._name(rows[0]))[:500]
        if self.link:
            ids = [row.pk for row in rows]
            values[self.link.code] = link_value(self.link, self.source.list_id, ids)
        return values

    def _name(self, row: Any) -> str:
        """Where no line fills the name: what the group was gathered by."""
        texts = [field.to_text(value) for field, _kind in self.keys if (value := field.read(row))]
        return ", ".join(texts) or str(self.rule.name)


def plan_of(rule: FeedRule, actor: Employee) -> Plan:
    """Raises NotFound, Forbidden, Conflict and Invalid with a reason that a person can read."""
    source, source_list = _schema(actor, Right.VIEW, rule.source_id)
    target, _target_list = _schema(actor, Right.VIEW, rule.target_id)
    text = json.dumps(rule.condition) if rule.condition else ""
    return Plan(
        rule=rule,
        actor=actor,
        source=source,
        target=target,
        condition=parse_filter(text, source),
        keys=[(field_of(source, one["field"]), key_kinds.get(one["by"])) for one in rule.keys],
        lines=[_line(source, target, one) for one in rule.mapping],
        link=field_of(target, rule.link_id) if rule.link_id else None,
        won=_won(source, source_list) if rule.won else None,
    )


def _schema(actor: Employee, right: Right, list_id: int) -> tuple[Schema, List]:
    try:
        list_ = access_list(actor, right, list_id)
    except NotFound:
        told = _("%(person)s sees no such list any more.") % {"person": actor}
        raise Conflict(told) from None
    return schema_for(actor, list_), list_


def _line(source: Schema, target: Schema, raw: Mapping[str, Any]) -> Line:
    return Line(field_of(source, raw["field"]), hows.get(raw["how"]), field_of(target, raw["into"]))


def field_of(schema: Schema, pk: int | None) -> SchemaField:
    """Raises Conflict where the field is gone, or hidden from whom the rule works for."""
    found = schema["NAME"] if not pk else by_pk(schema, pk)
    if found is None:
        raise Conflict(_("A field of the rule is gone, or its employee may not see it."))
    return found


def _won(source: Schema, list_: List) -> list[int]:
    """Raises Conflict where nobody can tell what is won: all would count as such."""
    if source.get("STAGE") is None:
        told = _("The rule takes what is won, but the stage is gone or hidden from its employee.")
        raise Conflict(told)
    return [pk for pk, stage in all_stages(list_).items() if stage.semantics == SUCCESS]
