"""Several approvals at once, with a report."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staff.models import Employee
from svod.base.errors import DomainError, Invalid
from svod.base.forms import form_error
from svod.base.htmx import render_page, trigger
from svod.base.http import PortalRequest
from workflows.engine.failures import reason
from workflows.forms_tasks import BulkForm
from workflows.models import Task
from workflows.selectors.tasks import access_task
from workflows.services.task_answers import Given, answer_task
from workflows.task_pages import rows_for
from workflows.views.tasks import inbox_context


@dataclass(frozen=True)
class Refused:
    """A task that was not answered, and why; no title where it cannot be seen."""

    title: str
    reason: str


@login_required
@require_POST
def bulk(request: PortalRequest) -> HttpResponse:
    """Each task by itself: one that is refused stops no other."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        raise form_error(form)
    given = Given(answer=form.cleaned_data["answer"], comment=form.cleaned_data["comment"])
    outcomes = [_answer(request.user, task_id, given) for task_id in form.task_ids()]
    refused = [one for one in outcomes if one]
    report = {"done": len(outcomes) - len(refused), "refused": refused, "answer": given.answer}
    context = {**inbox_context(request), "report": report}
    response = render_page(request, "workflows/tasks/inbox.html", context)
    trigger(response, "svod:tasks")
    return response


def _answer(actor: Employee, task_id: int, given: Given) -> Refused | None:
    task: Task | None = None
    try:
        task = access_task(actor, task_id)
        row = rows_for(actor, [task], timezone.now())[0]
        if not row.is_approval or row.part is None:
            return Refused(task.title, _("It does not wait for your approval."))
        answer_task(task.pk, row.part.pk, given, actor=actor)
    except Invalid as error:
        return Refused(task.title if task else "", reason(error))
    except DomainError as error:
        return Refused(task.title if task else _("Unknown task"), str(error))
    return None
