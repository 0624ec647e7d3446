"""Which duplicates are not saved, as every write to an item asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from crm_link.access import may_manage_crm, roles_of
from crm_link.kinds import LEAD, Kind, kind_of
from crm_link.models import ContactPoint, DuplicateRule, Role
from crm_link.points import PointType
from crm_link.selectors.duplicates import COMPARED, Point
from crm_link.selectors.kinds import list_of
from crm_link.selectors.points import known_points
from crm_link.selectors.stage_book import book_of
from lists_core.access.granted import who
from lists_core.schema.compile import Schema
from lists_core.selectors.across import names_across
from staff.models import Employee

#: How many items are named in one refusal.
NAMED = 3
At = tuple[PointType, str]
"""A contact point: its type and value."""


@dataclass(frozen=True)
class Blocking:
    """A kind whose duplicates are not saved: by which types, and whose roles may all the same."""

    kind: Kind
    by: frozenset[str]
    roles: frozenset[int]


_known: WeakKeyDictionary[Schema, Blocking | None] = WeakKeyDictionary()


def blocking_of(schema: Schema) -> Blocking | None:
    """What the list's kind refuses; None where duplicates are only told.

    Asked once for each version of the list: whoever changes the rule renews the list.
    """
    whole = schema.whole or schema
    if whole not in _known:
        _known[whole] = _read(kind_of(whole.list_system))
    return _known[whole]


def _read(kind: Kind | None) -> Blocking | None:
    if kind not in COMPARED:
        return None
    rule = DuplicateRule.objects.filter(kind=kind.slug, blocks=True).first()
    if rule is None:
        return None
    roles = frozenset(rule.roles.values_list("pk", flat=True))
    return Blocking(kind, frozenset(rule.by), roles)


def may_save_anyway(actor: Employee, rule: Blocking) -> bool:
    """Whoever may change CRM's settings, and the members of the rule's roles."""
    if may_manage_crm(actor):
        return True
    mine = Role.objects.filter(pk__in=roles_of(who(actor))).filter(pk__in=rule.roles)
    return actor.is_active and bool(rule.roles) and mine.exists()


def holders(schema: Schema, rule: Blocking, points: Collection[At]) -> dict[At, list[int]]:
    """Who has these points already, whoever may see it: the oldest NAMED + 1 of each. One query.

    What lies in the bin holds nothing, nor does a lead that is finished: the same customer may
    come again.
    """
    rows = ContactPoint.objects.filter(any_of(points), kind=rule.kind.slug)
    rows = rows.filter(element__in=_holding(schema, rule.kind))
    place = Window(RowNumber(), partition_by=["type", "value"], order_by="element")
    first = _once(rows).annotate(place=place).filter(place__lte=NAMED + 1)
    found: dict[At, list[int]] = defaultdict(list)
    for type_, value, element in first.values_list("type", "value", "element"):
        found[PointType(type_), value].append(element)
    return found


def any_of(points: Iterable[At]) -> Q:
    by_type: dict[PointType, list[str]] = defaultdict(list)
    for type_, value in points:
        by_type[type_].append(value)
    asked = Q(pk__in=[])
    for type_, values in by_type.items():
        asked |= Q(type=type_, value__in=values)
    return asked


def _once(rows: QuerySet[ContactPoint]) -> QuerySet[ContactPoint]:
    """A point that stands in two fields of an item counts once."""
    first = rows.order_by("type", "value", "element", "pk").distinct("type", "value", "element")
    return ContactPoint.objects.filter(pk__in=first.values("pk"))


def _holding(schema: Schema, kind: Kind) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = schema.model.objects.filter(deleted_at=None)
    if kind == LEAD:
        done = [line.pk for line in book_of(schema).lines.values() if line.is_final]
        stage = (schema.whole or schema)["STAGE"].main_column
        rows = rows.exclude(Q.create([(f"{stage}__in", done)]))
    return rows.values("pk")


def is_refused(
    actor: Employee, schema: Schema, points: Mapping[PointType, Collection[str]]
) -> bool:
    """Whether a new item with these points would not be saved, as the actor may know before."""
    rule = blocking_of(schema)
    if rule is None or may_save_anyway(actor, rule):
        return False
    asked = [(type_, value) for type_ in points if type_ in rule.by for value in points[type_]]
    known = known_points(actor, rule.kind, list_of(rule.kind))
    met = {pk for ids in holders(schema, rule, asked).values() for pk in ids} if asked else set()
    return bool(met) and known.filter(any_of(asked), element__in=met).exists()


def told(actor: Employee, kind: Kind, found: Mapping[At, Collection[int]]) -> dict[At, str]:
    """Why each of these points is refused: by the names of the items, as far as the actor knows
    of them and of the field in which the value stands."""
    list_ = list_of(kind)
    known = known_points(actor, kind, list_).filter(any_of(found))
    seen = set(known.values_list("type", "value", "element"))
    names = names_across(actor, {list_.pk: {pk for ids in found.values() for pk in ids}})
    texts = {}
    for (type_, value), ids in found.items():
        mine = [pk for pk in sorted(ids) if (type_, value, pk) in seen and (list_.pk, pk) in names]
        shown = [f"«{names[list_.pk, pk]}» ({kind.prefix}_{pk})" for pk in mine[:NAMED]]
        texts[type_, value] = _why(Point(type_, value).text, shown)
    return texts


def _why(value: str, names: Collection[str]) -> str:
    if not names:
        return _("%(value)s is there already, in an item that you may not see.") % {"value": value}
    given = {"value": value, "names": ", ".join(names)}
    return _("%(value)s is there already: %(names)s.") % given
