"""The page of one process: in plain words, its versions, and what differs between them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest
from workflows.checking import check_tree
from workflows.designer.diff import compared
from workflows.designer.page import problem_data
from workflows.designer.rows import process_rows, shown_tree
from workflows.designer.scene import Scene
from workflows.designer.summary import summary
from workflows.models import Template
from workflows.selectors.templates import overviews
from workflows.services.template_changes import open_version, restore_version
from workflows.services.templates import NotPublishable, open_template
from workflows.services.templates import publish as publish_draft


@login_required
@require_GET
def process(request: PortalRequest, template_id: int) -> HttpResponse:
    """What the process does, in words."""
    template = open_template(template_id, actor=request.user)
    scene = Scene(template, shown_tree(template), request.user)
    own = Template.objects.filter(pk=template.pk).select_related("list", "active_version")
    row = process_rows(overviews(own), request.user)[0]
    context = {
        "template": template, "list": template.list, "row": row, "lines": summary(scene),
        "tab": "summary",
    }  # fmt: skip
    return render(request, "workflows/designer/process.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: PortalRequest, template_id: int) -> HttpResponse:
    """A dialog: what keeps the draft from being published, or the note to go with it."""
    template = open_template(template_id, actor=request.user)
    scene = Scene(template, template.draft, request.user)
    problems = list(check_tree(template.draft, template))
    status = 200
    if request.method == "POST":
        try:
            note = request.POST.get("note", "").strip()[:200]
            version = publish_draft(template.pk, actor=request.user, note=note)
        except NotPublishable as error:
            problems, status = error.details["problems"], 422
        else:
            text = _("Version %(number)d is published: new starts take it.")
            toast(request, text % {"number": version.number})
            return go_to(request, reverse("process", args=[template.pk]))
    told = [problem_data(one, scene) for one in problems]
    errors = [one for one in told if one["level"] == "error"]
    context = {"template": template, "problems": errors or told, "errors": errors,
               "warnings": len(told) > len(errors)}  # fmt: skip
    return render_page(request, "workflows/designer/publish.html", context, status=status)


@login_required
@require_GET
def versions(request: PortalRequest, template_id: int) -> HttpResponse:
    template = open_template(template_id, actor=request.user)
    rows = template.versions.select_related("published_by").defer("tree")
    context = {"template": template, "list": template.list, "versions": rows, "tab": "versions"}
    return render(request, "workflows/designer/versions.html", context)


@login_required
@require_GET
def compare(request: PortalRequest, template_id: int) -> HttpResponse:
    """What version `b` does otherwise than `a`; without a number it is the draft."""
    template = open_template(template_id, actor=request.user)
    old, new = _tree(template, request.GET.get("a", "")), _tree(template, request.GET.get("b", ""))
    scenes = [Scene(template, tree, request.user) for tree in (old, new)]
    context = {
        "template": template, "list": template.list, "tab": "versions",
        "changes": compared(*scenes), "a": request.GET.get("a"), "b": request.GET.get("b"),
        "versions": template.versions.defer("tree"),
    }  # fmt: skip
    return render(request, "workflows/designer/compare.html", context)


def _tree(template: Template, number: str) -> dict[str, object]:
    return dict(open_version(template, int(number)).tree if number.isdecimal() else template.draft)


@login_required
@require_POST
def version_restore(request: PortalRequest, template_id: int, number: int) -> HttpResponse:
    template = restore_version(template_id, number, actor=request.user)
    toast(request, _("The draft is version %(number)d again.") % {"number": number})
    return go_to(request, reverse("process_design", args=[template.pk]))
