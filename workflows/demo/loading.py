"""How the demo's processes are written down and published: by the services of designers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from lists_core.models import FieldOption, List
from staff.models import Employee
from workflows.engine.work import work_all
from workflows.models import Template
from workflows.services.events import handle_events
from workflows.services.templates import create_template, publish, save_draft, set_run_as

Step = dict[str, Any]
Steps = Sequence[Step]


def step(step_id: str, kind: str, title: str, /, **params: Any) -> Step:
    return {"id": step_id, "type": kind, "name": title, "params": params}


def fork(step_id: str, name: str, *ways: tuple[str, Any, Steps]) -> Step:
    """A choice of ways: (name, condition or None for "otherwise", steps)."""
    branches = [{"name": title, "when": when, "steps": list(own)} for title, when, own in ways]
    return {"id": step_id, "type": "if", "name": name, "params": {}, "branches": branches}


def loop(step_id: str, name: str, when: Any, steps: Steps) -> Step:
    branches = [{"name": "", "steps": list(steps)}]
    return {"id": step_id, "type": "while", "name": name, "params": {"when": when},
            "branches": branches}  # fmt: skip


def equal(left: str, right: str) -> dict[str, Any]:
    return {"and": [{"left": left, "op": "eq", "right": right}]}


def variable(code: str, label: str, kind: str = "string") -> dict[str, Any]:
    return {"code": code, "label": label, "name": label, "kind": kind}


def option(list_: List, code: str, name: str) -> str:
    """The id of a choice as conditions compare it."""
    found = FieldOption.objects.get(field__list=list_, field__code=code, name=name)
    return str(found.pk)


def published(
    code: str, name: str, description: str, list_: List, steps: Steps, *, actor: Employee,
    **parts: Any,
) -> Template:  # fmt: skip
    """The published template of this code, made unless it is there. It works with the rights of
    the demo's administrator, so that everybody may start it."""
    present = Template.objects.filter(code=code).first()
    if present:
        return present
    made = create_template(actor=actor, name=name, code=code, list_id=list_.pk)
    tree = {**made.draft, "steps": list(steps), **parts}
    save_draft(made.pk, tree, draft_version=made.draft_version, actor=actor)
    Template.objects.filter(pk=made.pk).update(description=description)
    set_run_as(made.pk, actor, actor=actor)
    publish(made.pk, actor=actor, note="Демо")
    return Template.objects.get(pk=made.pk)


def settle() -> None:
    """Let what has just been made start its processes, up to where they wait for people."""
    while handle_events():
        pass
    work_all(timezone.now())
