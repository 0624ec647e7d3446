"""The timeline of an item: its pages, and what people write into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.card_parts import timeline_context
from crm_link.kinds import Kind
from crm_link.selectors.items import kind_of_target, open_item
from crm_link.timeline.base import MOST, PAGE
from crm_link.timeline.page import parse_place
from crm_link.views.activity import TIMELINE
from lists_core.access import Right
from lists_core.addresses import element_url
from lists_core.element_tabs import Target
from lists_core.field_types.pickers import is_id
from lists_core.models import Comment
from lists_core.selectors.comments import drawn, own_comment
from lists_core.services.comments import add_comment, delete_comment, edit_comment
from staff.impersonation import themselves_only
from svod.base.errors import Invalid
from svod.base.htmx import is_htmx, trigger
from svod.base.http import PortalRequest

ENTRIES = "crm/timeline/entries.html"


@login_required
@require_GET
def timeline(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """A page of entries: the newest, or those behind `before`."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    if not is_htmx(request):
        return redirect(element_url(target.list, target.id))
    before = parse_place(request.GET.get("before", ""))
    group = request.GET.get("group", "")
    context = timeline_context(target, group, before, size=shown_before(request))
    name = ENTRIES if before else "crm/timeline/list.html"
    return render(request, name, {**context, "more": before})


def shown_before(request: PortalRequest) -> int:
    """As many entries as the page shows: what was shown by "Show more" stays."""
    numbers = [int(one) for one in request.GET.getlist("shown") if is_id(one)]
    return min(max(PAGE, sum(numbers)), MOST)


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
    """One's own words edited in their place (`?read` shows them as they are), or taken away."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    place = target.list.pk, element_id, comment_id
    _target, comment = own_comment(request.user, *place)
    if request.method == "GET":
        shown = said if "read" in request.GET else comment_form
        return shown(request, target, comment)
    if "delete" in request.POST:
        delete_comment(*place, actor=request.user)
        return gone(request, target)
    text, mentions = request.POST.get("text", ""), mentions_of(request)
    try:
        comment = edit_comment(*place, text, actor=request.user, mentions=mentions)
    except Invalid as error:
        comment.text = text
        return comment_form(request, target, comment, error.errors["text"])
    return said(request, target, comment)


def comment_form(
    request: PortalRequest, target: Target, comment: Comment, errors: Sequence[Any] = ()
) -> HttpResponse:
    context = {**about(target), "comment": comment, "errors": errors}
    name = "comment_form" if is_htmx(request) else "comment_page"
    status = 422 if errors else 200
    return render(request, f"crm/timeline/{name}.html", context, status=status)


def said(request: PortalRequest, target: Target, comment: Comment) -> HttpResponse:
    """A comment as it is read; without the script back to the card."""
    if not is_htmx(request):
        return redirect(element_url(target.list, target.id))
    data = {"said": drawn(request.user, [comment])[0]}
    context = {**about(target), "data": data, "focus": True}
    return render(request, "crm/timeline/comment.html", context)


def gone(request: PortalRequest, target: Target) -> HttpResponse:
    if not is_htmx(request):
        return redirect(element_url(target.list, target.id))
    response = HttpResponse(status=204)
    trigger(response, TIMELINE, {"element": target.id})
    return response


def about(target: Target) -> dict[str, Any]:
    return {"kind": kind_of_target(target), "list": target.list, "row": target.row}


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
