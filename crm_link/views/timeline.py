"""The timeline of an item: its pages, and what people write into it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.card_parts import timeline_context
from crm_link.kinds import Kind
from crm_link.selectors.items import open_item
from crm_link.timeline.page import parse_place
from lists_core.access import Right
from lists_core.addresses import element_url
from lists_core.element_tabs import Target
from lists_core.field_types.pickers import is_id
from lists_core.selectors.comments import own_comment
from lists_core.services.comments import add_comment, delete_comment, edit_comment
from staff.impersonation import themselves_only
from svod.base.errors import Invalid
from svod.base.htmx import is_htmx
from svod.base.http import PortalRequest

ENTRIES = "crm/timeline/entries.html"


@login_required
@require_GET
def timeline(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """A page of entries: the newest, or those behind `before`."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    if not is_htmx(request):
        return redirect(element_url(target.list, target.id))
    if "talk" in request.GET:
        return talk(request, target)
    before = parse_place(request.GET.get("before", ""))
    context = timeline_context(target, request.GET.get("group", ""), before)
    name = ENTRIES if before else "crm/timeline/list.html"
    return render(request, name, context)


@login_required
@require_POST
@themselves_only
def comment_add(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """Say something; the answer is the timeline with a fresh composer."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    text = request.POST.get("text", "")
    try:
        add_comment(
            target.list.pk, target.id, text, actor=request.user, mentions=mentions_of(request)
        )
    except Invalid as error:
        context = {"errors": error.errors["text"], "typed": text}
        return talk(request, target, context, status=422)
    return talk(request, target)


@login_required
@require_http_methods(["GET", "POST"])
@themselves_only
def comment_edit(
    request: PortalRequest, kind: Kind, element_id: int, comment_id: int
) -> HttpResponse:
    """One's own words in the composer, or taken away."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    _target, comment = own_comment(request.user, target.list.pk, element_id, comment_id)
    if request.method == "GET":
        return talk(request, target, {"editing": comment.pk, "typed": comment.text})
    if "delete" in request.POST:
        delete_comment(target.list.pk, element_id, comment_id, actor=request.user)
        return talk(request, target)
    text = request.POST.get("text", "")
    try:
        edit_comment(
            target.list.pk, element_id, comment_id, text,
            actor=request.user, mentions=mentions_of(request),
        )  # fmt: skip
    except Invalid as error:
        context = {"errors": error.errors["text"], "typed": text, "editing": comment.pk}
        return talk(request, target, context, status=422)
    return talk(request, target)


def talk(
    request: PortalRequest, target: Target, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The composer and the timeline, a part for htmx; without the script back to the card."""
    if not is_htmx(request) and status == 200 and not context:  # noqa: PLR2004
        return redirect(element_url(target.list, target.id))
    full = {**timeline_context(target), **(context or {})}
    name = "crm/timeline/talk.html" if is_htmx(request) else "crm/timeline/page.html"
    return render(request, name, full, status=status)


def mentions_of(request: PortalRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("mentions") if is_id(one)]
