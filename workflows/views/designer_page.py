"""The designer of one process, and what its forms ask while the draft is edited."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from svod.base.errors import Conflict, Invalid
from svod.base.http import PortalRequest
from workflows.actions.base import Shown
from workflows.designer.page import page_data, state_of
from workflows.designer.placeholders import groups
from workflows.designer.scene import Scene
from workflows.designer.settings_form import SettingsForm
from workflows.designer.step_form import StepForm
from workflows.keepers import keeper_url
from workflows.models import Template
from workflows.services.templates import open_template, save_draft
from workflows.shape import shaped
from workflows.widgets.base import Asked
from workflows.widgets.conditions import Rows
from workflows.widgets.people import suggested


@login_required
@require_GET
def design(request: PortalRequest, template_id: int) -> HttpResponse:
    template = open_template(template_id, actor=request.user)
    if url := keeper_url(template):
        return redirect(url)
    scene = Scene(template, template.draft, request.user)
    context = {"template": template, "list": template.list, "data": page_data(scene)}
    return render(request, "workflows/designer/design.html", context)


@login_required
@require_POST
def draft(request: PortalRequest, template_id: int) -> JsonResponse:
    """Keep `{"tree", "draft_version"}`; answers what the page shows of it, or who was first."""
    given = posted_json(request)
    version = given.get("draft_version")
    try:
        template = save_draft(
            template_id, given.get("tree") or {}, actor=request.user,
            draft_version=version if isinstance(version, int) else 0,
        )  # fmt: skip
    except Conflict as error:
        return JsonResponse({"text": _conflict(error)}, status=409)
    except Invalid as error:
        return JsonResponse({"text": "; ".join(error.errors.get("", []))}, status=422)
    scene = Scene(template, template.draft, request.user)
    return JsonResponse({"draft_version": template.draft_version, **state_of(scene)})


def _conflict(error: Conflict) -> str:
    by, at = error.details.get("by"), error.details.get("at")
    if by is None or at is None:
        return str(error)
    when = formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
    return _("%(name)s saved another draft on %(when)s.") % {"name": by, "when": when}


@login_required
@require_POST
def step(request: PortalRequest, template_id: int) -> HttpResponse:
    """The form of the step `step` of the draft `tree`, or with `read=1` what was filled in.

    `redraw=1` asks for both: a list was chosen, and other controls depend on it.
    """
    scene = posted_scene(request, template_id)
    found = scene.steps.get(request.POST.get("step", ""))
    if found is None:
        return JsonResponse({}, status=404)
    if request.POST.get("read") != "1":
        return HttpResponse(_step_html(request, StepForm(None, step=found, scene=scene)))
    read = StepForm(request.POST, step=found, scene=scene).read()
    answer: dict[str, Any] = {"step": read}
    if request.POST.get("redraw") == "1":
        changed = {**found, **read}
        changed["branches"] = _joined(found, read["branches"])
        answer["html"] = _step_html(request, StepForm(None, step=changed, scene=scene))
    return JsonResponse(answer)


def _joined(found: Any, branches: list[Any]) -> list[Any]:
    old = found.get("branches") or []
    return [{**new, "steps": one.get("steps", [])} for one, new in zip(old, branches, strict=False)]


def _step_html(request: PortalRequest, form: StepForm) -> str:
    context = {"form": form, "action": form.action, "step": form.step}
    return render_to_string("workflows/designer/step_form.html", context, request=request)


@login_required
@require_POST
def parts(request: PortalRequest, template_id: int) -> HttpResponse:
    """The same for what belongs to no step: variables, parameters, constants, triggers."""
    scene = posted_scene(request, template_id)
    if request.POST.get("read") != "1":
        return HttpResponse(_parts_html(request, SettingsForm(None, scene=scene)))
    read = SettingsForm(request.POST, scene=scene).read()
    answer: dict[str, Any] = {"parts": read}
    if request.POST.get("redraw") == "1":
        changed = Scene(scene.template, {**scene.tree, **read}, request.user)
        answer["html"] = _parts_html(request, SettingsForm(None, scene=changed))
    return JsonResponse(answer)


def _parts_html(request: PortalRequest, form: SettingsForm) -> str:
    context = {"form": form, "template": form.scene.template}
    return render_to_string("workflows/designer/parts_form.html", context, request=request)


@login_required
@require_POST
def placeholders(request: PortalRequest, template_id: int) -> JsonResponse:
    """What may stand in braces at the step `step` of the draft `tree`, and all captions."""
    scene = posted_scene(request, template_id)
    shown = groups(scene, before=request.POST.get("step", ""))
    rows = [{"title": one.title, "items": [vars(item) for item in one.items]} for one in shown]
    return JsonResponse({"groups": rows, "captions": scene.captions})


@login_required
@require_POST
def condition_row(request: PortalRequest, template_id: int) -> HttpResponse:
    """One row of a condition: `row` is JSON of what stands there, {} for a new one."""
    scene = posted_scene(request, template_id)
    list_id = request.POST.get("list", "")
    params = {"list": int(list_id)} if list_id.isdecimal() else {}
    asked = _AskedList("", Shown("", widget="filter"), scene, None, params)
    rows = Rows(asked, over_process=bool(request.POST.get("process")))
    number = request.POST.get("n", "")
    item = rows.row(
        _loaded(request.POST.get("row", "{}")), number=int(number) if number.isdecimal() else 0
    )
    context = {"item": item, "rows": rows}
    return render(request, "workflows/widgets/conditions_row.html", context)


class _AskedList(Asked):
    """A condition over the list that the page named, which the scene checks."""

    @property
    def list_id(self) -> int | None:
        return self.params.get("list")


@login_required
@require_GET
def people(request: PortalRequest, template_id: int) -> JsonResponse:
    """Whom a step may concern, by the words `q`."""
    template = open_template(template_id, actor=request.user)
    scene = Scene(template, template.draft, request.user)
    return JsonResponse(suggested(scene, request.GET.get("q", "").replace("\0", "")), safe=False)


def posted_scene(request: PortalRequest, template_id: int) -> Scene:
    """The posted draft, or without one the stored draft."""
    template: Template = open_template(template_id, actor=request.user)
    text = request.POST.get("tree", "")
    tree = shaped(_loaded(text)) if text else template.draft
    return Scene(template, tree, request.user)


def posted_json(request: PortalRequest) -> dict[str, Any]:
    raw = _loaded(request.body.decode("utf-8", "replace"))
    return raw if isinstance(raw, dict) else {}


def _loaded(text: str) -> Any:
    try:
        return json.loads(text.replace("\\u0000", "").replace("\0", ""))
    except (ValueError, RecursionError):
        return {}
