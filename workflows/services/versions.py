"""Moving running instances to another version of their process.

An instance can go where each step at which it stands is still there: the same kind of step,
inside the same steps around it. What it waits for stays as it was, except that waits for a
period or a date are counted anew by the new version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import Employee
from svod.base.errors import NotFound
from svod.base.tasks import wake as wake_workers
from workflows.engine.state import State, Token
from workflows.engine.tree import Node, Program, program
from workflows.models import Instance, StepLog, Version, Wake
from workflows.services.templates import open_template
from workflows.values import load

BATCH = 100
#: Steps whose moment is counted from their parameters.
RECOUNTED = {"wait", "wait_until"}


@dataclass
class Preview:
    """What moving would do: ids that can go, why others cannot, and where they all stand."""

    movable: list[int] = field(default_factory=list)
    #: Reason → how many instances it keeps.
    kept: Counter[str] = field(default_factory=Counter)
    #: Name of a step → how many stand at it.
    places: Counter[str] = field(default_factory=Counter)
    #: How many waits would be counted anew.
    recounted: int = 0


def preview(version_id: int, *, actor: Employee) -> Preview:
    """All open instances of the process that are on other versions. Raises NotFound, Forbidden."""
    target = _version(version_id, actor)
    new, result = program(target.pk), Preview()
    for instance in _others(target).iterator(chunk_size=BATCH):
        old, state = program(instance.version_id), _state(instance)
        result.places.update(_name(token, old) for token in state.tokens.values())
        reasons = list(obstacles(instance, state, old, new))
        if reasons:
            result.kept[reasons[0]] += 1
        else:
            result.movable.append(instance.pk)
            result.recounted += len(_recounted(state, new))
    return result


def move_to_version(
    version_id: int, *, actor: Employee, instance_ids: Sequence[int] | None = None
) -> int:
    """Move the given open instances, or all; those that cannot go stay. Returns how many went.

    Each batch is a transaction; an instance that works at this very moment is left for another
    time. Raises NotFound, Forbidden.
    """
    target = _version(version_id, actor)
    rows = _others(target)
    rows = rows if instance_ids is None else rows.filter(pk__in=instance_ids)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return sum(
        _move_batch(ids[place : place + BATCH], target, actor)
        for place in range(0, len(ids), BATCH)
    )


@transaction.atomic
def _move_batch(ids: Sequence[int], target: Version, actor: Employee) -> int:
    new, now = program(target.pk), timezone.now()
    rows = _others(target).filter(pk__in=ids)
    moved = []
    for instance in rows.select_for_update(no_key=True, skip_locked=True, of=("self",)):
        state = _state(instance)
        if not list(obstacles(instance, state, program(instance.version_id), new)):
            moved.append((instance, state))
    Instance.objects.filter(pk__in=[one.pk for one, _s in moved]).update(version=target)
    Wake.objects.bulk_create(
        Wake(instance=one, kind=Wake.Kind.EVENT, key=key, due_at=now)
        for one, state in moved
        for key in _recounted(state, new)
    )
    StepLog.objects.bulk_create(
        StepLog(instance=one, at=now, event="version", actor=actor, data={"number": target.number})
        for one, _s in moved
    )
    wake_workers("workflows.work")
    return len(moved)


def obstacles(instance: Instance, state: State, old: Program, new: Program) -> Iterator[str]:
    """Why the instance cannot go to the new version, for people; nothing when it can."""
    if instance.status == Instance.Status.RUNNING:
        yield _("It works at this moment.")
    for step in [*(token.step for token in state.tokens.values()), *state.loops]:
        there, here = new.nodes.get(step), old.nodes[step]
        if there is None:
            yield _("The step “%(name)s” is not in the new version.") % {"name": here.name}
        elif there.action.slug != here.action.slug:
            yield _("The step “%(name)s” is another one in the new version.") % {"name": here.name}
        elif _around(here, old) != _around(there, new):
            yield _("The step “%(name)s” stands elsewhere in the new version.") % {
                "name": here.name
            }
        elif _shows_buttons(here) and dict(here.params) != dict(there.params):
            yield _("The step “%(name)s” shows other buttons in the new version.") % {
                "name": here.name
            }


def _around(node: Node, code: Program) -> list[str]:
    """Ids of the steps around one, the nearest first, and in which of their branches it is."""
    found = []
    while node.parent:
        above = code.nodes[node.parent]
        found.append(f"{above.id}:{_branch(above, node, code)}")
        node = above
    return found


def _branch(above: Node, node: Node, code: Program) -> int:
    for place, branch in enumerate(above.branches):
        step = branch.first
        while step:
            if step == node.id:
                return place
            step = code.nodes[step].next
    return 0  # a state: its order in the machine means nothing


def _shows_buttons(node: Node) -> bool:
    return node.action.slug in {"command", "state"}


def _recounted(state: State, new: Program) -> list[str]:
    return [
        token.key
        for token in state.tokens.values()
        if token.waiting and new.nodes[token.step].action.slug in RECOUNTED
    ]


def _name(token: Token, code: Program) -> str:
    return code.nodes[token.step].name if token.step in code.nodes else token.step


def _state(instance: Instance) -> State:
    return State.from_json(load(instance.state))


def _others(target: Version) -> QuerySet[Instance]:
    rows = Instance.objects.filter(version__template=target.template_id, status__in=Instance.OPEN)
    return rows.exclude(version=target)


def _version(version_id: int, actor: Employee) -> Version:
    version = Version.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound
    open_template(version.template_id, actor=actor)
    return version
