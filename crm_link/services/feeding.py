"""Consolidation at work: sources that changed, the groups they touch, the groups' elements.

Everything is computed from the sources as they stand, so doing it again changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_link.carrying import by_pk
from crm_link.models import FeedGroup, FeedLink, FeedRule
from crm_link.services.feed_keys import digest
from crm_link.services.feed_plan import Plan
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.services.elements import delete_elements, restore_elements
from lists_core.services.many import create_many, update_many

Empty = FeedRule.Empty


@dataclass
class Report:
    """What came of it, in elements of the target."""

    created: int = 0
    changed: int = 0
    emptied: int = 0

    def __add__(self, other: Report) -> Report:
        return Report(
            self.created + other.created,
            self.changed + other.changed,
            self.emptied + other.emptied,
        )


@dataclass
class Touched:
    """The groups that some sources stood in or come into, with all that is in them now.

    `rows` holds every source that was looked at and belongs somewhere; `keys` its key.
    """

    groups: dict[str, FeedGroup] = field(default_factory=dict)
    links: dict[int, FeedLink] = field(default_factory=dict)
    rows: dict[int, Any] = field(default_factory=dict)
    keys: dict[str, list[Any]] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    looked_at: set[int] = field(default_factory=set)

    def members(self) -> Mapping[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for pk in sorted(self.places):
            found[self.places[pk]].append(self.rows[pk])
        return found


def settle(plan: Plan, ids: Collection[int]) -> Report:
    """Bring the groups of these sources up to date, in the caller's transaction, which holds the
    rule's lock. As many queries for five hundred sources as for one, but for groups that come
    and go."""
    touched = _touched(plan, ids)
    members = touched.members()
    report = _emptied(plan, touched, members)
    filled = {place: rows for place, rows in members.items() if rows}
    if filled:
        titles = plan.titles([row for rows in filled.values() for row in rows])
        values = {place: plan.values(rows, titles) for place, rows in filled.items()}
        report += _written(plan, touched, values)
    _relink(plan, touched)
    return report


# --- what is touched ----------------------------------------------------------------------


def _touched(plan: Plan, ids: Collection[int]) -> Touched:
    """Look at the sources and at all that share a group with them, before or after."""
    touched, pending = Touched(), set(ids)
    while pending:
        touched.looked_at |= pending
        _look(plan, touched, pending)
        _read_groups(plan, touched, pending)
        pending = _companions(touched) - touched.looked_at
    return touched


def _look(plan: Plan, touched: Touched, pending: set[int]) -> None:
    rows = plan.rows(pending)
    touched.rows |= rows
    for pk, row in rows.items():
        key = plan.key(row)
        touched.places[pk] = digest(key)
        touched.keys[digest(key)] = key


def _read_groups(plan: Plan, touched: Touched, pending: set[int]) -> None:
    """The groups of these sources, as they were and as they come, and all links into them."""
    own = FeedLink.objects.filter(rule=plan.rule, source__in=pending)
    old = set(own.values_list("group__digest", flat=True))
    wanted = (old | set(touched.places.values())) - set(touched.groups)
    groups = FeedGroup.objects.filter(rule=plan.rule, digest__in=wanted)
    touched.groups |= {one.digest: one for one in groups}
    links = FeedLink.objects.filter(group__in=[one.pk for one in touched.groups.values()])
    touched.links |= {one.source_id: one for one in links}


def _companions(touched: Touched) -> set[int]:
    return set(touched.links)


# --- groups that are left by all ----------------------------------------------------------


def _emptied(plan: Plan, touched: Touched, members: Mapping[str, Any]) -> Report:
    left = [
        group
        for place, group in touched.groups.items()
        if place not in members and group.element_id and not group.cancelled
    ]
    standing = _standing(plan, [group.element_id or 0 for group in left])
    gone = [group for group in left if group.element_id in standing]
    if plan.rule.empty == Empty.CANCEL:
        return _cancel(plan, gone, standing)
    ids = [group.element_id or 0 for group in gone]
    deleted = delete_elements(plan.rule.target_id, ids, actor=plan.actor) if ids else 0
    return Report(emptied=deleted)


def _cancel(plan: Plan, groups: Collection[FeedGroup], standing: Mapping[int, Any]) -> Report:
    state = by_pk(plan.target, plan.rule.cancel_field_id)
    values: dict[str, Any] = {plan.link.code: None} if plan.link else {}
    if state:
        values[state.code] = plan.rule.cancel_option_id
    for group in groups:
        row = standing[group.element_id or 0]
        group.was = state.to_json(state.read(row)) if state else None
        group.cancelled = True
    FeedGroup.objects.bulk_update(groups, ["was", "cancelled"])
    many = {group.element_id or 0: values for group in groups}
    return Report(emptied=len(update_many(plan.rule.target_id, many, actor=plan.actor)))


def _standing(plan: Plan, ids: Collection[int]) -> dict[int, Any]:
    """The elements that are not in the bin, whoever may see them."""
    if not ids:
        return {}
    model = schema_of(List.objects.get(pk=plan.rule.target_id)).model
    return {row.pk: row for row in model.objects.filter(pk__in=ids, deleted_at=None)}


# --- groups with sources ------------------------------------------------------------------


def _written(plan: Plan, touched: Touched, values: Mapping[str, dict[str, Any]]) -> Report:
    known = {place: group for place, group in touched.groups.items() if group.element_id}
    new = [place for place in values if place not in known]
    report = _create(plan, touched, new, values)
    kept = {known[place].element_id or 0: own for place, own in values.items() if place in known}
    standing = _standing(plan, list(kept))
    if binned := [pk for pk in kept if pk not in standing]:
        restore_elements(plan.rule.target_id, binned, actor=plan.actor)
    back = _revived(plan, [known[place] for place in values if place in known], standing)
    many = {pk: {**own, **back.get(pk, {})} for pk, own in kept.items()}
    return report + Report(changed=len(update_many(plan.rule.target_id, many, actor=plan.actor)))


def _create(
    plan: Plan, touched: Touched, places: list[str], values: Mapping[str, dict[str, Any]]
) -> Report:
    rows = create_many(plan.rule.target_id, [values[place] for place in places], actor=plan.actor)
    for place, row in zip(places, rows, strict=True):
        group = touched.groups.get(place)
        if group is None:
            group = FeedGroup(rule=plan.rule, digest=place, key=touched.keys[place])
            touched.groups[place] = group
        group.element_id = row.pk
        group.cancelled, group.was = False, None  # the cancelled one is gone for good
    made = [touched.groups[place] for place in places]
    FeedGroup.objects.bulk_update([one for one in made if one.pk], ["element", "cancelled", "was"])
    FeedGroup.objects.bulk_create([one for one in made if not one.pk])
    return Report(created=len(rows))


def _revived(
    plan: Plan, groups: Collection[FeedGroup], standing: Mapping[int, Any]
) -> dict[int, dict[str, Any]]:
    """Groups that the rule had cancelled and that have sources again: their state of before,
    unless somebody has changed it since."""
    state = by_pk(plan.target, plan.rule.cancel_field_id)
    cancelled = [group for group in groups if group.cancelled]
    back = {}
    for group in cancelled:
        row = standing.get(group.element_id or 0)
        if state and row is not None and state.read(row) == plan.rule.cancel_option_id:
            back[row.pk] = {state.code: state.from_json(group.was)}
        group.cancelled, group.was = False, None
    FeedGroup.objects.bulk_update(cancelled, ["cancelled", "was"])
    return back


def _relink(plan: Plan, touched: Touched) -> None:
    """Each source stands where it belongs now."""
    moved, new = [], []
    for pk, place in touched.places.items():
        group, link = touched.groups[place], touched.links.get(pk)
        if link is None:
            new.append(FeedLink(rule=plan.rule, source_id=pk, group=group))
        elif link.group_id != group.pk:
            link.group = group
            moved.append(link)
    gone = [
        link.pk
        for pk, link in touched.links.items()
        if pk in touched.looked_at and pk not in touched.places
    ]
    FeedLink.objects.filter(pk__in=gone).delete()
    FeedLink.objects.bulk_update(moved, ["group"])
    FeedLink.objects.bulk_create(new)
