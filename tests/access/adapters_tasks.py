"""Pages of a task: its title and text for whoever has it, its element by the element's rights."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tests.access.adapters_pages import body, browser, named
from tests.access.look import Look
from tests.access.worlds import canary
from workflows.models import Instance, Task, TaskPerson, Template, Version

TEXT = "A task of the oracle"
GROUPS = [{"title": "", "fields": [{"code": code, "label": code} for code in ("NOTE", "AMOUNT")]}]


def task_pages(look: Look) -> None:
    """A task of the person's on elements that they may or may not see; one of somebody else's."""
    client = browser(look)
    for key in list(look.world.elements)[:2]:
        with transaction.atomic():
            mine, other = _task(look, key, mine=True), _task(look, key, mine=False)
            _pages(look, client, key, mine)
            _closed(look, client, other)
            transaction.set_rollback(True)


def _task(look: Look, key: int, *, mine: bool) -> Task:
    list_ = look.built.lists[look.world.elements[key]["list"]]
    template = Template.objects.create(code=f"o{key}{mine}", name="Oracle", list=list_)
    version = Version.objects.create(template=template, number=1, tree={"steps": []})
    instance = Instance.objects.create(
        version=version, subject="element", list=list_, subject_id=look.built.elements[key]
    )
    answers = [{"code": "done", "label": "Done", "look": "primary", "comment": "may"}]
    form = {"answers": answers, "groups": GROUPS, "write": True}
    task = Task.objects.create(instance=instance, key="a:1", kind="request_info", title=TEXT,
                               form=form, created_at=timezone.now())  # fmt: skip
    if mine:
        TaskPerson.objects.create(task=task, employee=look.actor)
    return task


def _pages(look: Look, client: Any, key: int, task: Task) -> None:
    inbox = client.get(reverse("tasks"))
    page = client.get(reverse("task", args=[task.pk]))
    for name, answer in (("inbox", inbox), ("task", page)):
        text = body(answer)
        look.no_leaks(f"{name} with a task of {key}", text, page=key)
        if look.actor.is_active:
            look.same(f"{name} with a task of {key}", TEXT in text, True)
            look.same(f"{key} in the {name}", canary(key) in text, look.sees(key))
    for name in named("task_id"):
        for method in ("get", "post"):
            with transaction.atomic():
                answer = getattr(client, method)(reverse(name, args=[task.pk]))
                transaction.set_rollback(True)
            look.no_leaks(f"{method} {name} of {key}", body(answer), page=key)


def _closed(look: Look, client: Any, task: Task) -> None:
    """Nobody's task is found by administrators alone."""
    if look.actor.is_superuser or not look.actor.is_active:
        return
    for name in named("task_id"):
        for method in ("get", "post"):
            answer = getattr(client, method)(reverse(name, args=[task.pk]))
            look.same(f"{method} {name} of nobody", answer.status_code in (404, 405), True)


TASKS = [task_pages]
