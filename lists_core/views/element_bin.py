"""Deleting elements, bringing them back, and the bin of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from lists_core.access import Right, rights_on, schema_for
from lists_core.element_tabs import open_target
from lists_core.field_types.pickers import is_id
from lists_core.schema.compile import Schema
from lists_core.selectors.bin import bin_of
from lists_core.selectors.lists import access_list
from lists_core.selectors.titles import row_titles
from lists_core.services.element_bin import purge_elements, without_waiting
from lists_core.services.elements import delete_elements, restore_elements
from lists_core.services.jobs import start_job
from lists_core.services.links import Linked
from lists_core.services.values import reasons
from lists_core.views.directories import ask_first, refused
from staff.models import Employee
from svod.base.errors import Invalid
from svod.base.htmx import go_to, is_htmx, render_page, saved, toast, trigger
from svod.base.http import PortalRequest

PAGE_SIZE = 50


@login_required
@require_POST
def element_delete(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Into the bin, with an offer to take it back; what is used is asked about first."""
    target = open_target(request.user, Right.DELETE, list_id, element_id)
    try:
        delete_elements(list_id, [element_id], actor=request.user)
    except Linked as error:
        return refused(request, str(error), ask_first("element", list_id, element_id))
    text = _("“%(name)s” is in the bin.") % {"name": target.row.name}
    toast(request, text, undo=restore_address(list_id, [element_id]))
    if not is_htmx(request):
        return go_to(request, target.list)
    response = saved(request, list=list_id, ids=[element_id])
    trigger(response, "elements-changed", {"list": list_id, "ids": [element_id]})
    return response


def restore_address(list_id: int, ids: list[int]) -> str:
    """The address that brings these elements back by POST."""
    query = QueryDict(mutable=True)
    query.setlist("id", [str(pk) for pk in ids])
    return f"{reverse('elements_restore', args=[list_id])}?{query.urlencode()}"


@login_required
@require_POST
def elements_restore(request: PortalRequest, list_id: int) -> HttpResponse:
    """Bring back the elements named by `id`, given in the address or the form; by `all` a job
    brings back all that `q` finds."""
    list_ = access_list(request.user, Right.DELETE, list_id)
    if request.POST.get("all") == "1":
        search = search_words(request.POST)
        return go_to(
            request, start_job("bulk_restore", actor=request.user, list_=list_, search=search)
        )
    ids = asked_ids(request)
    try:
        count = restore_elements(list_id, ids, actor=request.user)
    except Invalid as error:
        toast(request, reasons(schema_for(request.user, list_), error), "error")
        return moved(request, list_id, [])
    text = ngettext("%(count)s element is back.", "%(count)s elements are back.", count)
    toast(request, text % {"count": count}, "success" if count else "warning")
    return moved(request, list_id, ids)


@login_required
@require_POST
def elements_purge(request: PortalRequest, list_id: int) -> HttpResponse:
    """Remove the elements named by `id` for good."""
    access_list(request.user, Right.DELETE, list_id)
    ids = asked_ids(request)
    count = purge_elements(list_id, ids, actor=request.user)
    text = ngettext(
        "%(count)s element is deleted for ever.", "%(count)s elements are deleted for ever.", count
    )
    toast(request, text % {"count": count}, "success" if count else "warning")
    return moved(request, list_id, ids)


def search_words(given: QueryDict) -> str:
    """What the box of the bin searches for."""
    return (given.get("q") or "").replace("\x00", "").strip()[:200]


def asked_ids(request: PortalRequest) -> list[int]:
    raw = [*request.GET.getlist("id"), *request.POST.getlist("id")]
    return [int(item) for item in raw if is_id(item)]


def moved(request: PortalRequest, list_id: int, ids: list[int]) -> HttpResponse:
    if not is_htmx(request):
        return go_to(request, reverse("elements_bin", args=[list_id]))
    response = HttpResponse(status=204)
    trigger(response, "elements-changed", {"list": list_id, "ids": ids})
    return response


@login_required
@require_GET
def elements_bin(request: PortalRequest, list_id: int) -> HttpResponse:
    """What was deleted from a list, searched and brought back."""
    list_ = access_list(request.user, Right.DELETE, list_id)
    schema = schema_for(request.user, list_)
    search = search_words(request.GET)
    rows = bin_of(schema, actor=request.user, search=search)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "list": list_,
        "page": page,
        "rows": binned_rows(schema, page.object_list, request.user),
        "q": search,
        "days": settings.ELEMENT_BIN_DAYS,
    }
    context["may_purge"] = any(row.may_purge for row in context["rows"])
    return render_page(request, "lists/element/bin.html", context)


@dataclass(frozen=True)
class Binned:
    """A line of the bin; `goes_at` is when it goes for good, None where nothing does."""

    row: Any
    by: str
    goes_at: datetime | None
    may_purge: bool


def binned_rows(schema: Schema, rows: Iterable[Any], actor: Employee) -> list[Binned]:
    shown, author = list(rows), schema["MODIFIED_BY"]
    titles = row_titles([author], shown, actor=actor).get(author.key, {})
    held = rights_on(actor, schema, shown)
    wait = timedelta(days=settings.ELEMENT_BIN_DAYS)
    bin_ = schema.model.objects.filter(pk__in=[row.pk for row in shown])
    going = set(without_waiting(bin_).values_list("pk", flat=True)) if wait else set()
    return [
        Binned(
            row,
            author.to_text(row.modified_by, titles),
            row.deleted_at + wait if row.pk in going else None,
            Right.FULL in held[row.pk],
        )
        for row in shown
    ]
