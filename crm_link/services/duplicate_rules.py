"""Keeping duplicates from being saved, and the setting that says so."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.kinds import Kind, kinds
from crm_link.models import DuplicateRule, Role
from crm_link.points import EXACT, PointType
from crm_link.selectors.duplicate_rules import At, Blocking, holders, may_save_anyway, told
from crm_link.selectors.duplicates import COMPARED, Point
from crm_link.selectors.kinds import list_of
from crm_link.services.told import differing, tell_of_kind
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.ddl import lock_for_change, with_ddl_retry
from lists_core.services.outbox import cause
from staff.models import Employee
from svod.base.errors import Invalid

#: Locks of points, and of a kind as a whole: apart from other users of advisory locks.
POINTS, WHOLE = 0x44555045, 0x44555046
#: More points than these are kept from others by the lock of the whole kind.
MOST_LOCKS = 100

_passing: ContextVar[bool] = ContextVar("duplicates_pass", default=False)


@contextmanager
def duplicates_pass() -> Iterator[None]:
    """What customers send by themselves is never lost, and a merge holds both for a moment."""
    mark = _passing.set(True)
    try:
        yield
    finally:
        _passing.reset(mark)


def are_passing() -> bool:
    return _passing.get()


@dataclass(frozen=True, eq=False)
class Ask:
    """These points are to be an item's; `pk` is None for one that has no number yet."""

    pk: int | None
    points: Collection[At]


class Guard:
    """Which of the points asked for are to be had: whoever comes first gets them.

    Nobody else writes these points until the transaction ends. Three queries when all is well.
    """

    def __init__(
        self, schema: Schema, rule: Blocking, asks: Sequence[Ask], actor: Employee, *, whole: bool
    ) -> None:
        """With `whole` the kind is kept from others at once, for more is asked for later."""
        self.rule, self.actor, self.asks = rule, actor, asks
        self.given: set[At] = set()
        points = {point for ask in asks for point in ask.points}
        if points:
            _keep(rule.kind, points, whole=whole)
        self.there = holders(schema, rule, points) if points else {}

    def why(self, ask: Ask) -> dict[At, str]:
        """Why some of what is asked for is refused, now that others got the `given`."""
        met = self._met(ask)
        lost = [one for one in ask.points if one in met or one in self.given]
        if not lost or self._passes:
            return {}
        return {one: self._names.get(one) or _twice(one) for one in lost}

    def _met(self, ask: Ask) -> dict[At, set[int]]:
        met = {one: {pk for pk in self.there.get(one, ()) if pk != ask.pk} for one in ask.points}
        return {one: ids for one, ids in met.items() if ids}

    @cached_property
    def _passes(self) -> bool:
        return may_save_anyway(self.actor, self.rule)

    @cached_property
    def _names(self) -> dict[At, str]:
        """What is told of all that is there; of what comes twice at the same time it is not."""
        stored: dict[At, set[int]] = {}
        for ask in self.asks:
            for point, ids in self._met(ask).items():
                stored.setdefault(point, set()).update(ids)
        if cause.get():
            # Whoever reads why a process failed sees neither what its employee sees nor what it
            # found.
            return {one: _there(one) for one in stored}
        return told(self.actor, self.rule.kind, stored)


def taken(
    schema: Schema, rule: Blocking, asks: Sequence[Ask], actor: Employee
) -> dict[Ask, dict[At, str]]:
    """Why some of what is asked for is refused; of many that ask for the same the first gets it."""
    guard, refused = Guard(schema, rule, asks, actor, whole=False), {}
    for ask in asks:
        why = guard.why(ask)
        if why:
            refused[ask] = why
        else:
            guard.given.update(ask.points)
    return refused


def _there(point: At) -> str:
    return _("%(type)s: an item with this value is there already.") % {"type": _label(point)}


def _label(point: At) -> str:
    return str(PointType(point[0]).label)


def _twice(point: At) -> str:
    if cause.get():
        given = {"type": _label(point)}
        return _("%(type)s: the same value is given to several items at once.") % given
    return _("%(value)s is given to several items at once.") % {"value": Point(*point).text}


def _keep(kind: Kind, points: Collection[At], *, whole: bool) -> None:
    """No one else gives these points to an item of the kind until this transaction ends."""
    keys = sorted({_key(kind, point) for point in points})
    whole = whole or len(keys) > MOST_LOCKS
    of_kind = "pg_advisory_xact_lock" if whole else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {of_kind}(%s, %s)", [WHOLE, kind.number])
        if not whole:
            one = "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key"
            cursor.execute(one, [POINTS, keys])


def _key(kind: Kind, point: At) -> int:
    digest = hashlib.sha256(f"{kind.slug}:{point[0]}:{point[1]}".encode()).digest()
    return int.from_bytes(digest[:4], signed=True)


# --- the setting ----------------------------------------------------------------------------


def save_duplicate_rule(
    kind: Kind, *, blocks: bool, by: Collection[str], roles: Collection[Role], actor: Employee
) -> DuplicateRule:
    """Say what becomes of a kind's duplicates from now on; what is there twice stays.

    Raises Forbidden, Invalid (errors by field), ListBusy.
    """
    require_crm_manager(actor)
    types = [type_.value for type_ in EXACT if type_ in by]
    if kind not in COMPARED:
        raise Invalid({"": [_("Items of this kind are not compared.")]})
    if blocks and not types:
        raise Invalid({"by": [_("Choose by what duplicates are known.")]})

    def save() -> DuplicateRule:
        list_id = list_of(kind).pk
        lock_for_change(list_id)
        rule, _made = DuplicateRule.objects.get_or_create(kind=kind.slug)
        before = _values(rule)
        rule.blocks, rule.by = blocks, types or rule.by
        rule.save()
        rule.roles.set(roles)
        changed = differing(before, _values(rule))
        if changed:
            tell_of_kind("duplicates_ruled", kind, actor=actor, **changed)
            List.objects.filter(pk=list_id).update(schema_version=F("schema_version") + 1)
        return rule

    return with_ddl_retry(save)


def _values(rule: DuplicateRule) -> dict[str, Any]:
    roles = sorted(str(role) for role in rule.roles.all())
    return {"blocks": rule.blocks, "by": list(rule.by), "roles": roles}


def duplicate_rules() -> dict[str, DuplicateRule]:
    """Slug of each compared kind → its rule, unsaved where there is none yet."""
    rows = {row.kind: row for row in DuplicateRule.objects.prefetch_related("roles")}
    known = [kind for kind in kinds if kind in COMPARED]
    return {kind.slug: rows.get(kind.slug) or DuplicateRule(kind=kind.slug) for kind in known}
