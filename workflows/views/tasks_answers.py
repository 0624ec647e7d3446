"""Doing something about a task: answering, ticking off, handing on, withdrawing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from staff.models import Employee
from svod.base.errors import Conflict, Invalid
from svod.base.forms import form_error
from svod.base.htmx import go_to, is_htmx, render_page, saved, toast, trigger, wants_fragment
from svod.base.http import PortalRequest
from workflows.forms_tasks import AnswerForm, DelegateForm, TickForm
from workflows.models import Task
from workflows.questionnaires import QuestionForm
from workflows.selectors.tasks import access_task
from workflows.services.task_answers import Given, answer_task, tick
from workflows.services.task_drafts import keep_draft
from workflows.services.task_moves import delegate
from workflows.services.tasks import cancel_task
from workflows.task_pages import TaskRow, rows_for
from workflows.views.tasks import question_form, task_context

TASK = "workflows/tasks/task.html"


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: PortalRequest, task_id: int) -> HttpResponse:
    """GET: the comment box of one answer, inside a row. POST: the answer.

    `row` in the request says that the answer comes from a row of the inbox.
    """
    task = access_task(request.user, task_id)
    row = rows_for(request.user, [task], timezone.now())[0]
    place = f"row{task.pk}" if request.POST.get("row") or request.method == "GET" else "task"
    if request.method == "GET":
        form = AnswerForm(place=place, initial=request.GET.dict())
        return render(request, "workflows/tasks/answer.html", {"row": row, "form": form})
    form = AnswerForm(request.POST, place=place)
    questions = question_form(task, row, request.POST, request.FILES)
    filled = questions is None or questions.is_valid()
    try:
        if form.is_valid() and filled and _answered(request, task, form, questions):
            return _after(request, task)
    except Conflict as error:
        return too_late(request, task_id, error)
    return _again(request, row, form, questions)


def _again(
    request: PortalRequest, row: TaskRow, form: AnswerForm, questions: QuestionForm | None
) -> HttpResponse:
    """What was typed, with what is wrong with it."""
    if request.POST.get("row"):
        context = {"row": row, "form": form}
        return render(request, "workflows/tasks/answer.html", context, status=422)
    context = task_context(request, row.task, form, questions)
    return render_page(request, TASK, context, status=422)


def too_late(request: PortalRequest, task_id: int, error: Conflict) -> HttpResponse:
    """Somebody was faster, or the time is out: the task as it is now, and why."""
    if request.POST.get("row"):
        return row_now(request, task_id, told=str(error), status=409)
    context = task_context(request, access_task(request.user, task_id))
    return render_page(request, TASK, {**context, "told": str(error)}, status=409)


def _answered(
    request: PortalRequest, task: Task, form: AnswerForm, questions: QuestionForm | None
) -> bool:
    given = Given(
        answer=form.cleaned_data["answer"],
        comment=form.cleaned_data["comment"],
        values=questions.values() if questions else {},
    )
    part = form.cleaned_data["part"]
    try:
        if task.form.get("drafts"):
            keep_draft(task.pk, part, questions.drafts() if questions else {}, actor=request.user)
        else:
            answer_task(task.pk, part, given, actor=request.user)
    except Invalid as error:
        form.add_domain_errors(questions.refused(error) if questions else error)
        return False
    return True


def _after(request: PortalRequest, task: Task) -> HttpResponse:
    """The row as it is now; a drawer closes; a page goes back to the inbox."""
    if request.POST.get("row"):
        response = row_now(request, task.pk)
        trigger(response, "svod:tasks")
        return response
    if wants_fragment(request):
        return saved(request, _("Your answer is saved."), task=task.pk)
    toast(request, _("Your answer is saved."))
    return go_to(request, "tasks")


def row_now(
    request: PortalRequest, task_id: int, *, told: str = "", status: int = 200
) -> HttpResponse:
    row = rows_for(request.user, [access_task(request.user, task_id)], timezone.now())[0]
    context = {"row": row, "settled": True, "told": told}
    return render(request, "workflows/tasks/row.html", context, status=status)


@login_required
@require_POST
def task_tick(request: PortalRequest, task_id: int) -> HttpResponse:
    """A line of the checklist; answers with the checklist."""
    access_task(request.user, task_id)
    form = TickForm(request.POST)
    if not form.is_valid():
        raise form_error(form)
    place, done = form.cleaned_data["place"], form.cleaned_data["done"]
    try:
        tick(task_id, place, done, actor=request.user)
    except Conflict as error:
        return too_late(request, task_id, error)
    if not is_htmx(request):
        return redirect("task", task_id)
    context = task_context(request, access_task(request.user, task_id))
    return render(request, "workflows/tasks/checklist.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def task_delegate(request: PortalRequest, task_id: int) -> HttpResponse:
    task = access_task(request.user, task_id)
    row = rows_for(request.user, [task], timezone.now())[0]
    form = DelegateForm(request.POST or None, initial={"part": row.handed and row.handed.pk})
    try:
        if form.is_valid() and _handed_on(request, task, form):
            return _handed_answer(request, form.cleaned_data["to"])
    except Conflict as error:
        return too_late(request, task_id, error)
    context = {"form": form, "row": row, "task": task, "drawer": wants_fragment(request)}
    status = 422 if form.errors else 200
    return render_page(request, "workflows/tasks/delegate.html", context, status=status)


def _handed_answer(request: PortalRequest, to: Employee) -> HttpResponse:
    text = _("Handed on to %(person)s.") % {"person": to}
    if wants_fragment(request):
        return saved(request, text)
    toast(request, text)
    return go_to(request, "tasks")


def _handed_on(request: PortalRequest, task: Task, form: DelegateForm) -> bool:
    given = form.cleaned_data
    try:
        delegate(task.pk, given["part"], given["to"], comment=given["comment"], actor=request.user)
    except Invalid as error:
        form.add_domain_errors(error)
        return False
    return True


@login_required
@require_POST
def task_cancel(request: PortalRequest, task_id: int) -> HttpResponse:
    try:
        cancel_task(task_id, actor=request.user)
    except Conflict as error:
        return too_late(request, task_id, error)
    toast(request, _("The task is withdrawn."))
    return go_to(request, "tasks")
