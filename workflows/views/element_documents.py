"""The tab "Documents" of an element: what can be made of it, and what was."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, Target, element_tabs, open_target
from svod.base.errors import DomainError
from svod.base.htmx import toast
from svod.base.http import PortalRequest
from workflows.documents.pdf import converter
from workflows.selectors.documents import access_template, made_of_element, visible_templates
from workflows.services.documents import Wanted, make


def has_templates(target: Target) -> bool:
    """Lists without templates have no such tab."""
    return visible_templates(target.actor, target.list.pk).exists()


element_tabs.register(
    ElementTab(
        "documents", gettext_lazy("Documents"), "element_documents", order=60, shown=has_templates
    )
)


@login_required
@require_http_methods(["GET", "POST"])
def element_documents(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """POST makes a document of `template`, as PDF with `format=pdf`, and shows the tab again."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    failed = made(request, target) if request.method == "POST" else ""
    context: dict[str, Any] = {
        "templates": visible_templates(request.user, list_id),
        "made": made_of_element(request.user, element_id),
        "has_pdf": converter() is not None,
        "failed": failed,
    }
    return element_page(request, target, "documents", "workflows/documents/element.html", context)


def made(request: PortalRequest, target: Target) -> str:
    """Make what was asked for; returns why it could not be."""
    asked = request.POST.get("template", "")
    if not asked.isdecimal():
        return _("Choose a template.")
    template = access_template(request.user, int(asked))
    if template.list_id not in (None, target.list.pk):
        return _("Choose a template.")
    wanted = Wanted(format="pdf" if request.POST.get("format") == "pdf" else "docx")
    try:
        document = make(template, (target.list.pk, target.id), request.user, wanted=wanted)
    except DomainError as error:
        return str(error)
    toast(request, document.note or _("“%(name)s” is ready.") % {"name": document.file.name})
    return ""
