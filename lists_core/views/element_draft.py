"""Drafts of the form of an element: kept while one types, offered when it is opened again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from lists_core.forms import ElementForm
from lists_core.selectors.drafts import draft_of
from lists_core.services.drafts import draft_codes, drop_draft, keep_draft
from svod.base.errors import Invalid
from svod.base.htmx import is_htmx
from svod.base.http import PortalRequest

NOT_TYPED = ("csrfmiddlewaretoken", "drop", "another", "restore")
TOO_LONG = 413


@login_required
@require_POST
def element_draft_new(request: PortalRequest, list_id: int) -> HttpResponse:
    """Keep what stands in the form of a new element; with `drop` forget it."""
    return answer(request, list_id, None)


@login_required
@require_POST
def element_draft(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The same for an element that is there."""
    return answer(request, list_id, element_id)


def answer(request: PortalRequest, list_id: int, element_id: int | None) -> HttpResponse:
    if "drop" in request.POST:
        drop_draft(list_id, element_id, actor=request.user)
        form = form_address(list_id, element_id)
        return HttpResponse() if is_htmx(request) else redirect(form)
    typed = {name: texts for name, texts in request.POST.lists() if name not in NOT_TYPED}
    try:
        keep_draft(list_id, element_id, typed, actor=request.user)
    except Invalid as error:
        return HttpResponse(str(error), status=TOO_LONG, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def form_address(list_id: int, element_id: int | None) -> str:
    if element_id is None:
        return reverse("element_add", args=[list_id])
    return reverse("element_edit", args=[list_id, element_id])


def with_draft(request: PortalRequest, form: ElementForm, element_id: int | None) -> dict[str, Any]:
    """What the page of the form shows of drafts; one asked for by `draft` is put into the form.

    `keep` is the address that keeps drafts, `draft` an offered one, `resume` the address that
    brings it back, `begun` tells that the form holds what is not saved yet.
    """
    place = [form.list.pk, *([element_id] if element_id else [])]
    keep = reverse("element_draft" if element_id else "element_draft_new", args=place)
    if request.method != "GET":
        return {"keep": keep, "begun": True}
    draft = draft_of(request.user, form.list.pk, element_id)
    if draft is None or "draft" not in request.GET:
        query = request.GET.copy()
        query["draft"] = "1"
        return {"keep": keep, "draft": draft, "resume": f"{request.path}?{query.urlencode()}"}
    typed = QueryDict(mutable=True)
    for name, texts in draft.values.items():
        typed.setlist(name, texts)
    form.resume(typed, draft_codes(form.schema, draft.values))
    return {"keep": keep, "begun": True}
