"""The dialog that tries a draft out on an element."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lists_core.field_types.pickers import PickerField
from svod.base.errors import DomainError, Invalid
from svod.base.htmx import render_page
from svod.base.http import PortalRequest
from workflows.designer.scene import Scene
from workflows.designer.trial import messages, path, variables
from workflows.parameter_forms import ParameterForm
from workflows.services.rehearsal import Rehearsal, rehearse
from workflows.services.rehearsal_questions import Answer
from workflows.services.templates import open_template
from workflows.widgets.lists import Elements

MAX_ANSWERS = 100
QUESTION = "q-"


@login_required
@require_http_methods(["GET", "POST"])
def dry_run(request: PortalRequest, template_id: int) -> HttpResponse:
    """Choose an element and parameters; then the path, and questions to go on from."""
    template = open_template(template_id, actor=request.user)
    scene = Scene(template, template.draft, request.user)
    element = _element_form(request, scene)
    context: dict[str, Any] = {"template": template, "element": element}
    try:
        parameters = _parameter_form(request, scene)
    except Invalid as error:
        context["refused"] = "; ".join(text for texts in error.errors.values() for text in texts)
        return render_page(request, "workflows/designer/dry_run.html", context, status=422)
    context["parameters"] = parameters
    asked = request.method == "POST"
    valid = asked and element.is_valid() and parameters.is_valid()
    if valid:
        context |= _tried(request, scene, element.cleaned_data.get("element"), parameters)
    status = 422 if asked and not valid else 200
    return render_page(request, "workflows/designer/dry_run.html", context, status=status)


def _tried(
    request: PortalRequest, scene: Scene, element: int | None, parameters: ParameterForm
) -> dict[str, Any]:
    answers = _answers(request)
    # `rehearse` makes a version in memory only, so it works on a template of its own.
    template = open_template(scene.template.pk, actor=request.user)
    try:
        found = rehearse(
            template, scene.tree, actor=request.user, subject_id=element,
            parameters=parameters.values, answers=answers,
        )  # fmt: skip
    except DomainError as error:
        found = Rehearsal(error=str(error))
    return {
        "found": found,
        "path": path(found, scene),
        "messages": messages(found),
        "variables": variables(found, scene),
        "answers": json.dumps([vars(one) for one in answers], default=str),
        "questions": [_question_form(one, request) for one in found.questions],
    }


def _question_form(question: Any, request: PortalRequest) -> dict[str, Any]:
    try:
        form = ParameterForm(declared=question.fields, actor=request.user, prefix="q")
    except Invalid:
        form = ParameterForm(declared=[], actor=request.user, prefix="q")
    return {"question": question, "form": form}


def _element_form(request: PortalRequest, scene: Scene) -> forms.Form:
    form = forms.Form(request.POST or None, auto_id="trial-%s")
    list_id = scene.template.list_id
    if list_id is not None:
        address = reverse("element_suggest", args=[list_id])
        control = PickerField(address, Elements(list_id), required=True)
        control.label = _("Element to try it on")
        control.for_actor(request.user)
        form.fields["element"] = control
    return form


def _parameter_form(request: PortalRequest, scene: Scene) -> ParameterForm:
    declared = scene.tree.get("parameters") or []
    data = request.POST if request.method == "POST" else None
    return ParameterForm(data, declared=declared, actor=request.user, prefix="p")


def _answers(request: PortalRequest) -> list[Answer]:
    """Those given so far, and the one that was given now."""
    try:
        rows = json.loads(request.POST.get("answers", "[]"))
    except (ValueError, RecursionError):
        rows = []
    known = [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
    given = [_answer(one) for one in known[:MAX_ANSWERS]]
    key, _bar, answer = request.POST.get("give", "").partition("|")
    if key and answer:
        names = [name for name in request.POST if name.startswith(QUESTION)]
        values = {name.removeprefix(QUESTION): request.POST.getlist(name) for name in names}
        given.append(Answer(key, answer, request.POST.get("comment", ""), values))
    return given


def _answer(raw: dict[str, Any]) -> Answer:
    values = raw.get("values")
    return Answer(
        str(raw.get("key")),
        str(raw.get("answer")),
        str(raw.get("comment", "")),
        values if isinstance(values, dict) else {},
    )
