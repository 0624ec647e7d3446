"""Short ways to write a tree, publish it and let the clock go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from lists_core.models import List
from staff.models import Employee
from workflows.engine.work import work_all
from workflows.models import Instance, Template, Version, Wake
from workflows.services.instances import launch

START = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.get_default_timezone())


def step(
    type_: str, id_: str = "", branches: list[Any] | None = None, **params: Any
) -> dict[str, Any]:
    """A step; `branches` are lists of steps, or (condition, steps)."""
    made = [
        {"steps": one} if isinstance(one, list) else {"when": one[0], "steps": one[1]}
        for one in branches or ()
    ]
    return {"id": id_ or type_, "type": type_, "params": params, "branches": made}


def put(variable: str, value: Any, id_: str = "") -> dict[str, Any]:
    return step("set_variable", id_ or f"put_{variable}", variable=variable, value=value)


def template_of(
    steps: list[Any], *, code: str = "p", list_: List | None = None, **tree: Any
) -> Template:
    """A published template with these steps."""
    template = Template.objects.create(code=code, name=code, list=list_)
    version = Version.objects.create(template=template, number=1, tree={"steps": steps, **tree})
    template.active_version = version
    template.save()
    return template


def begin(
    template: Template, actor: Employee, subject_id: int | None = None, **parameters: Any
) -> Instance:
    """Start it and work until it waits."""
    instance = launch(template, actor, subject_id=subject_id, parameters=parameters, now=START)
    return worked(instance)


def worked(instance: Instance, after: timedelta = timedelta()) -> Instance:
    """Work as if so much time had gone by."""
    work_all(START + after)
    return Instance.objects.get(pk=instance.pk)


def signal(instance: Instance, key: str, kind: str = "answer", **payload: Any) -> Instance:
    Wake.objects.create(instance=instance, key=key, kind=kind, payload=payload, due_at=START)
    return worked(instance)


def variables(instance: Instance) -> dict[str, Any]:
    return dict(instance.state.get("variables", {}))


def events(instance: Instance) -> list[tuple[str, str]]:
    return list(instance.log.values_list("step", "event"))
