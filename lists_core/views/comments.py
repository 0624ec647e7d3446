"""The tab of comments on an element."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right
from lists_core.element_tabs import ElementTab, Target, element_tabs, open_target
from lists_core.field_types.pickers import is_id
from lists_core.selectors import comments as selectors
from lists_core.services import comments as services
from lists_core.views.element import element_page
from staff.impersonation import themselves_only
from svod.base.errors import Invalid
from svod.base.htmx import is_htmx
from svod.base.http import PortalRequest

element_tabs.register(
    ElementTab("comments", _("Comments"), "element_comments", selectors.comment_count, order=10)
)
PAGE = "lists/element/comments.html"


@login_required
@require_http_methods(["GET", "POST"])
def element_comments(request: PortalRequest, list_id: int, element_id: int) -> HttpResponseBase:
    """What was said about an element; posting says something."""
    if request.method == "POST":
        return comment_add(request, list_id, element_id)
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    part = request.GET.get("part") == "1"
    if part:
        return render(request, "lists/element/partials/said.html", said(request, target))
    return element_page(request, target, "comments", PAGE, said(request, target))


@themselves_only
def comment_add(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    text = request.POST.get("text", "")
    try:
        services.add_comment(
            list_id, element_id, text, actor=request.user, mentions=mentions_of(request)
        )
    except Invalid as error:
        return answer(request, target, {"errors": error.errors["text"], "typed": text}, status=422)
    return answer(request, target)


@login_required
@require_http_methods(["GET", "POST"])
@themselves_only
def comment_edit(
    request: PortalRequest, list_id: int, element_id: int, comment_id: int
) -> HttpResponse:
    """A comment of one's own, with its text in a control."""
    target, comment = selectors.own_comment(request.user, list_id, element_id, comment_id)
    context: dict[str, Any] = {"editing": comment.pk, "typed": comment.text}
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            services.edit_comment(
                list_id, element_id, comment_id, text,
                actor=request.user, mentions=mentions_of(request),
            )  # fmt: skip
        except Invalid as error:
            context |= {"typed": text, "errors": error.errors["text"]}
            return answer(request, target, context, status=422)
        return answer(request, target)
    return answer(request, target, context)


@login_required
@require_POST
@themselves_only
def comment_delete(
    request: PortalRequest, list_id: int, element_id: int, comment_id: int
) -> HttpResponse:
    """Takes one's own comment away."""
    services.delete_comment(list_id, element_id, comment_id, actor=request.user)
    return answer(request, open_target(request.user, Right.VIEW, list_id, element_id))


@login_required
@require_GET
def comment_people(request: PortalRequest, list_id: int, element_id: int) -> JsonResponse:
    """Whom one may mention here, by what was typed."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    text = request.GET.get("q", "").replace("\0", "")
    found = [
        {"value": one.pk, "text": str(one), "note": one.position, "thumbnail": one.thumbnail_url}
        for one in selectors.suggest_people(target, text)
    ]
    return JsonResponse({"results": found})


def said(request: PortalRequest, target: Target) -> dict[str, Any]:
    before = request.GET.get("before", "")
    shown, more = selectors.conversation(target, before=int(before) if is_id(before) else 0)
    return {"said": shown, "more": more, "list": target.list, "row": target.row}


def answer(
    request: PortalRequest, target: Target, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The conversation anew: a part for htmx, else the whole page."""
    full = said(request, target) | (context or {})
    if is_htmx(request):
        return render(request, "lists/element/partials/talk.html", full, status=status)
    if status == HTTPStatus.OK and not context:
        return redirect("element_comments", target.list.pk, target.id)
    page = element_page(request, target, "comments", PAGE, full)
    page.status_code = status
    return page


def mentions_of(request: PortalRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("mentions") if is_id(one)]
