"""Links given back to what came back from the bin, where nobody has touched them since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from lists_core.access import forget
from lists_core.models import ElementVersion, LinkChange, List
from lists_core.schema.cache import schema_of
from lists_core.schema.ddl import lock_for_write
from lists_core.schema.fields import SchemaField
from lists_core.services.elements import apply_values
from lists_core.services.link_writes import Writer, write_links
from staff.models import Employee

Past = Mapping[int, Sequence[tuple[int, dict[str, list[Any]]]]]


def waiting(ids: Collection[int], *, limit: int) -> int:
    """How many links these elements might get back, counting no further than `limit`."""
    return LinkChange.objects.filter(target__in=ids).order_by()[:limit].count()


def living(list_id: int, ids: Collection[int]) -> frozenset[int]:
    """Those of the list's elements that are not in the bin. Until the transaction ends none of
    the ids goes there or comes back, so what is done by this answer stays true."""
    lock_for_write(list_id)
    list_ = List.objects.filter(pk=list_id).first()
    if list_ is None:
        return frozenset()
    rows = schema_of(list_).model.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    return frozenset(pk for pk, gone in rows.values_list("pk", "deleted_at") if gone is None)


def forget_lost(list_id: int, ids: Collection[int]) -> None:
    """What was taken from those of the elements that did not go to the bin stays taken."""
    with transaction.atomic():
        LinkChange.objects.filter(target__in=living(list_id, ids)).delete()


def give_back(
    list_id: int, ids: Collection[int], *, actor: Employee, limit: int
) -> tuple[int, int]:
    """Handle at most `limit` of the links that these elements of the list lost, those of one
    list that links; what is in the bin again waits for its next return.

    Returns how many were looked at and how many came back. What is looked at is forgotten: it
    is asked for once.
    """
    with transaction.atomic():
        ids = living(list_id, ids)
        rows = LinkChange.objects.filter(target__in=ids).order_by("list", "id")
        lost = list(rows.select_for_update()[:limit])
        lost = [one for one in lost if one.list_id == lost[0].list_id]
        back = _given_back(lost[0].list_id, lost, ids, actor) if lost else 0
        LinkChange.objects.filter(pk__in=[one.pk for one in lost]).delete()
    return len(lost), back


def _given_back(
    list_id: int, lost: Sequence[LinkChange], targets: Collection[int], actor: Employee
) -> int:
    lock_for_write(list_id)
    forget()
    list_ = List.objects.filter(pk=list_id, deleted_at=None).first()
    if list_ is None:
        return 0
    schema = schema_of(list_)
    links: dict[int, dict[str, int]] = defaultdict(dict)
    for change in lost:
        links[change.element_id][change.key] = change.version
    found = schema.model.objects.filter(pk__in=links).order_by("pk")
    rows = list(found.select_for_update())
    past, writer = _past(lost), Writer(list_, schema, rows, actor)
    changes = []
    for row in rows:
        values = {}
        for key, version in links[row.pk].items():
            one = schema.by_key.get(key)
            was = _untouched(past[row.pk], key, version)
            if one is not None and was and writer.may(one, row):
                values[one] = _former(one, row, was[0], targets)
        if own := apply_values(schema, row, values):
            changes.append((row, own))
    return len(changes) - len(write_links(schema, changes, actor))


def _past(lost: Sequence[LinkChange]) -> Past:
    """Element id → (version, changes) from the oldest of the versions on. One query."""
    found: dict[int, list[tuple[int, dict[str, list[Any]]]]] = defaultdict(list)
    history = ElementVersion.objects.filter(
        element__in={one.element_id for one in lost}, version__gte=min(o.version for o in lost)
    )
    for pk, version, changes in history.values_list("element", "version", "changes"):
        found[pk].append((version, changes))
    return found


def _untouched(
    past: Sequence[tuple[int, Mapping[str, list[Any]]]], key: str, version: int
) -> list[Any] | None:
    """What `version` wrote to the key, as [old, new]; None when a later one wrote to it too."""
    touched = any(number > version and key in changes for number, changes in past)
    own = [changes[key] for number, changes in past if number == version and key in changes]
    return None if touched or not own else own[0]


def _former(one: SchemaField, row: Any, was: Any, targets: Collection[int]) -> Any:
    """The value of before; of several what has not come back yet stays replaced."""
    if not one.multiple:
        return one.from_json(was)
    now = one.items(one.read(row))
    old = [int(item) for item in was or []]
    kept = [item for item in old if item in targets or item in now]
    return kept if len(kept) == len(old) else list(dict.fromkeys([*kept, *now]))
