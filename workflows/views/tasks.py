"""The inbox, and one task."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from svod.base.htmx import render_page, wants_fragment
from svod.base.http import PortalRequest
from workflows.forms_tasks import BOX_LABELS, AnswerForm, InboxForm
from workflows.models import Task
from workflows.questionnaires import QuestionForm, Questions
from workflows.selectors.instances import may_manage
from workflows.selectors.tasks import (
    BOXES,
    Box,
    access_task,
    counts,
    open_count,
    processes_of,
    tasks_in,
)
from workflows.task_pages import TaskRow, detail, rows_for

PAGE = 30


@login_required
@require_GET
def tasks(request: PortalRequest) -> HttpResponse:
    """One box of the inbox."""
    return render_page(request, "workflows/tasks/inbox.html", inbox_context(request))


def inbox_context(request: PortalRequest) -> dict[str, Any]:
    actor, now = request.user, timezone.now()
    box: Box = next((one for one in BOXES if one == request.GET.get("box")), "todo")
    form = InboxForm(request.GET, processes=processes_of(actor, now))
    found = Paginator(tasks_in(box, actor, form.asked(), now), PAGE)
    page = found.get_page(request.GET.get("page"))
    rows = rows_for(actor, page.object_list, now)
    return {
        "box": box,
        "tabs": tabs(box, counts(actor, now)),
        "form": form,
        "page": page,
        "rows": rows,
        "approvals": box in ("todo", "late") and any(row.is_approval for row in rows),
        "now": now,
    }


def tabs(current: Box, numbers: dict[Box, int]) -> list[dict[str, Any]]:
    url = reverse("tasks")
    return [
        {
            "label": label,
            "url": url if box == "todo" else f"{url}?box={box}",
            "current": box == current,
            "count": numbers.get(box),
        }
        for box, label in BOX_LABELS.items()
    ]


@login_required
@require_GET
def count(request: PortalRequest) -> HttpResponse:
    """The number beside the menu's entry."""
    return render(request, "components/shell/count.html", {"count": open_count(request.user)})


@login_required
@require_GET
def task(request: PortalRequest, task_id: int) -> HttpResponse:
    """The task on its own page, or in the drawer."""
    found = access_task(request.user, task_id)
    return render_page(request, "workflows/tasks/task.html", task_context(request, found))


def task_context(
    request: PortalRequest,
    task: Task,
    form: AnswerForm | None = None,
    questions: QuestionForm | None = None,
) -> dict[str, Any]:
    """A form that came back with errors is drawn as it was typed."""
    actor = request.user
    known = detail(actor, task, timezone.now())
    part = known.row.part
    return {
        "detail": known,
        "row": known.row,
        "task": task,
        "form": form or (AnswerForm(place="task", initial={"part": part.pk}) if part else None),
        "questions": questions or (question_form(task, known.row) if part else None),
        "drawer": wants_fragment(request),
        "may_cancel": task.is_open and may_manage(actor, task.instance),
    }


def question_form(task: Task, row: TaskRow, data: Any = None, files: Any = None) -> Any:
    """The questions, with what the element holds where the person may see it."""
    if not task.form.get("groups"):
        return None
    asked = Questions(task)
    known = asked.known(row.actor)
    return QuestionForm(data, files, questions=asked, actor=row.actor, known=known)
