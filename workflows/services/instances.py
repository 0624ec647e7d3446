"""Starting, cancelling and mending instances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from svod.base.errors import Conflict, DomainError, Forbidden, NotFound
from svod.base.tasks import wake as wake_workers
from workflows.engine.run import Run
from workflows.engine.state import State
from workflows.engine.tree import program
from workflows.engine.writes import Writes
from workflows.models import Instance, Outgoing, StepLog, Task, Template, Wake
from workflows.parameters import defaults, read_values
from workflows.selectors.instances import access_instance
from workflows.services.tasks import tell_end
from workflows.subjects.base import subjects
from workflows.values import kept, load

MAX_DEPTH = 10
MAX_OPEN = 50
Kind = Wake.Kind
Status = Instance.Status


def start(
    template: Template,
    *,
    actor: Employee,
    subject_id: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    start_key: str | None = None,
    now: datetime | None = None,
) -> Instance:
    """Start the template's active version on a subject, as `actor`.

    A second start under the same `start_key` gives back the first one's instance. Raises
    NotFound and Forbidden by the subject, Invalid for wrong, missing and unknown parameters,
    DomainError when the template cannot be started.
    """
    if subject_id is not None:
        kind = subjects.get(template.subject)
        if not kind.may_run(actor, template.list_id, subject_id):
            raise Forbidden
    _check(template)
    values = read_values(declared_by(template), parameters or {}, actor=actor)
    return launch(
        template, actor, subject_id=subject_id, parameters=values, start_key=start_key, now=now
    )


def launch(
    template: Template,
    starter: Employee | None,
    *,
    subject_id: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    start_key: str | None = None,
    parent: tuple[Instance, str] | None = None,
    now: datetime | None = None,
) -> Instance:
    """Start without asking for the right: for triggers and for steps of other processes.

    Without `parameters` nobody was asked, and the defaults stand. `parent` is the calling
    instance and the key of its step that waits ("" when none does).
    """
    caller, caller_key = parent or (None, "")
    before = caller.chain if caller else []
    _check(template)
    check_chain(template, subject_id, before)
    with transaction.atomic():
        values = _values(template, parameters, starter)
        given = prepared(template, starter, subject_id, before=before, parameters=values)
        given |= {"parent": caller, "parent_key": caller_key}
        instance, made = _get_or_create(start_key, given)
        if made:
            Wake.objects.create(instance=instance, kind=Kind.START, due_at=now or timezone.now())
            wake_workers("workflows.work")
    return instance


def prepared(
    template: Template,
    starter: Employee | None,
    subject_id: int | None,
    *,
    before: list[Any],
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of a new instance; `before` is the chain of processes that led to it."""
    chain = [*before, _link(template, subject_id)]
    first = variables_of(template)
    return {
        "version_id": template.active_version_id,
        "subject": template.subject if subject_id is not None else "",
        "list_id": template.list_id,
        "subject_id": subject_id,
        "state": State(variables=first, parameters=kept(dict(parameters or {}))).to_json(),
        "depth": len(chain) - 1,
        "chain": chain,
        "started_by": starter,
        "run_as": _run_as(template, starter),
    }


def check_chain(template: Template, subject_id: int | None, before: list[Any]) -> None:
    """Raise DomainError where a process would start itself, or too many one after another."""
    check_depth(template, subject_id, before)
    if subject_id is not None:
        too_many(_open(template, subject_id) >= MAX_OPEN)


def check_depth(template: Template, subject_id: int | None, before: list[Any]) -> None:
    """The part of `check_chain` that asks the database nothing."""
    if _link(template, subject_id) in before:
        raise DomainError(_("The process would start itself on the same element."), code="loop")
    if len(before) >= MAX_DEPTH:
        raise DomainError(_("The chain of processes is too deep."), code="loop")


def too_many(crowded: bool) -> None:  # noqa: FBT001 - one question
    """Raise DomainError where as many processes run as may."""
    if crowded:
        raise DomainError(_("Too many of these processes run on the element."), code="too_many")


def declared_by(template: Template) -> list[dict[str, Any]]:
    """The parameters that the active version asks for (`workflows.parameters`)."""
    version = template.active_version_id
    return list(program(version).tree.get("parameters", ())) if version else []


def variables_of(template: Template) -> dict[str, Any]:
    """What the variables of the active version hold before its first step."""
    version = template.active_version_id
    declared = program(version).tree.get("variables", ()) if version else ()
    return defaults([one for one in declared if one.get("default") not in (None, "", [])])


def _values(
    template: Template, given: Mapping[str, Any] | None, actor: Employee | None
) -> Mapping[str, Any]:
    """Parameters of a start by another step are checked like a person's, if any are declared."""
    declared = declared_by(template)
    if given is None or actor is None:
        return defaults(declared)
    return read_values(declared, given, actor=actor) if declared else given


def _link(template: Template, subject_id: int | None) -> list[Any]:
    return [template.pk, template.list_id, subject_id]


def _open(template: Template, subject_id: int) -> int:
    running = Instance.objects.filter(
        version__template=template.pk,
        list=template.list,
        subject_id=subject_id,
        status__in=Instance.OPEN,
    )
    return running[:MAX_OPEN].count()


def cancel(instance_id: int, *, actor: Employee) -> None:
    """End an instance and whatever it started and waits for. Raises NotFound, Forbidden."""
    with transaction.atomic():
        instance = locked_instance(instance_id, actor)
        for one in [instance, *_waited_for(instance)]:
            tasks = list(one.tasks.filter(state=Task.State.OPEN))
            _end(one)
            _note(one, actor, "cancelled")
            for task in tasks:
                tell_end(task, actor)


def _waited_for(instance: Instance) -> list[Instance]:
    """What it started and waits for, and what that waits for, locked; the inmost last. What
    nobody waits for goes on by itself."""
    found: list[Instance] = []
    above = [instance.pk]
    while above:
        rows = Instance.objects.filter(parent__in=above, status__in=Instance.OPEN)
        rows = rows.exclude(parent_key="").select_related("run_as").order_by("pk")
        below = list(rows.select_for_update(no_key=True, of=("self",)))
        found += below
        above = [one.pk for one in below]
    return found


def retry(instance_id: int, *, actor: Employee) -> None:
    """Try the failed steps again, with the signals that they failed on; what could not be sent
    is sent anew, under its old key."""
    with transaction.atomic():
        instance = _failed(instance_id, actor)
        _send_again(instance, _failed_keys(instance))
        _mend(instance)
        Wake.objects.filter(instance=instance, parked=True).update(
            parked=False, due_at=timezone.now()
        )
        Wake.objects.create(instance=instance, kind=Kind.GO, due_at=timezone.now())
        _note(instance, actor, "retried")
        wake_workers("workflows.work")


def skip(instance_id: int, *, actor: Employee) -> None:
    """Go on behind the failed steps as if they had been done, without results."""
    with transaction.atomic():
        instance = _failed(instance_id, actor)
        keys = _failed_keys(instance)
        Wake.objects.filter(instance=instance, parked=True, key__in=keys).delete()
        for key in keys:
            Wake.objects.create(instance=instance, kind=Kind.SKIP, key=key, due_at=timezone.now())
        instance.attempts, instance.error, instance.status = 0, "", Status.RUNNING
        instance.save(update_fields=["attempts", "error", "status"])
        _note(instance, actor, "skipped")
        wake_workers("workflows.work")


def suspend(instance_id: int, *, actor: Employee) -> None:
    """Let nothing happen to the instance until it is resumed."""
    with transaction.atomic():
        instance = locked_instance(instance_id, actor)
        _set_status(instance, Status.SUSPENDED, actor, "suspended")


def resume(instance_id: int, *, actor: Employee) -> None:
    """Take a suspended instance up again."""
    with transaction.atomic():
        instance = locked_instance(instance_id, actor)
        if instance.status == Status.SUSPENDED:
            Wake.objects.create(instance=instance, kind=Kind.GO, due_at=timezone.now())
            _set_status(instance, Status.RUNNING, actor, "resumed")
            wake_workers("workflows.work")


def locked_instance(instance_id: int, actor: Employee) -> Instance:
    """An open instance that the actor may manage, locked. Raises NotFound, Forbidden, Conflict."""
    access_instance(actor, instance_id, manage=True)
    rows = Instance.objects.select_related("run_as").select_for_update(no_key=True, of=("self",))
    instance = rows.filter(pk=instance_id).first()
    if instance is None:
        raise NotFound
    if instance.is_over:
        raise Conflict(_("The process is over."))
    return instance


def _check(template: Template) -> None:
    if template.deleted_at or template.active_version_id is None:
        raise DomainError(_("The process is not published."))
    if template.is_paused:
        raise DomainError(_("The process is paused."))


def _run_as(template: Template, starter: Employee | None) -> Employee | None:
    own = template.run_as == Template.RunAs.EMPLOYEE
    return template.service_employee if own else starter


def _get_or_create(start_key: str | None, given: dict[str, Any]) -> tuple[Instance, bool]:
    if start_key is None:
        return Instance.objects.create(**given), True
    return Instance.objects.get_or_create(start_key=start_key, defaults=given)


def _end(instance: Instance) -> None:
    writes = Writes()
    run = Run(instance, now=timezone.now(), writes=writes)
    run.stop(Status.CANCELLED)
    instance.state = run.state.to_json()
    writes.flush([instance], [])
    instance.wakes.all().delete()
    instance.outgoing.filter(state="new", attempts=0).update(state="cancelled")


def _failed(instance_id: int, actor: Employee) -> Instance:
    instance = locked_instance(instance_id, actor)
    if instance.status != Status.FAILED:
        raise Conflict(_("The process has not failed, or somebody has mended it."))
    return instance


def _failed_keys(instance: Instance) -> list[str]:
    tokens = State.from_json(load(instance.state)).tokens.values()
    return [token.key for token in tokens if token.failed]


def _send_again(instance: Instance, keys: list[str]) -> None:
    """The bad news of a sending is dropped together with its outcome: another will come."""
    failed = instance.outgoing.filter(wake_key__in=keys, state=Outgoing.State.FAILED)
    again = list(failed.values_list("wake_key", flat=True))
    failed.update(state=Outgoing.State.NEW, attempts=0, error="", next_at=timezone.now())
    Wake.objects.filter(instance=instance, kind=Kind.REPLY, key__in=again).delete()


def _mend(instance: Instance) -> None:
    state = State.from_json(load(instance.state))
    for token in state.tokens.values():
        token.failed = False
    state.burst = 0
    instance.state = state.to_json()
    instance.attempts, instance.error, instance.status = 0, "", Status.RUNNING
    instance.save(update_fields=["state", "attempts", "error", "status"])


def _set_status(instance: Instance, status: str, actor: Employee, event: str) -> None:
    instance.status = status
    instance.save(update_fields=["status"])
    _note(instance, actor, event)


def _note(instance: Instance, actor: Employee, event: str) -> None:
    StepLog.objects.create(instance=instance, at=timezone.now(), event=event, actor=actor)
