"""Deleting elements, bringing them back, and the bin of a list."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from lists_core.access import Right, schema_for
from lists_core.element_tabs import open_target
from lists_core.field_types.pickers import is_id
from lists_core.selectors.bin import bin_of
from lists_core.selectors.lists import access_list
from lists_core.selectors.titles import row_titles
from lists_core.services.elements import delete_elements, restore_elements
from lists_core.services.links import Linked
from lists_core.services.values import reasons
from lists_core.views.directories import ask_first, refused
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
    """Bring back the elements named by `id`, given in the address or the form."""
    list_ = access_list(request.user, Right.DELETE, list_id)
    ids = asked_ids(request)
    try:
        count = restore_elements(list_id, ids, actor=request.user)
    except Invalid as error:
        toast(request, reasons(schema_for(request.user, list_), error), "error")
        return moved(request, list_id, [])
    text = ngettext("%(count)s element is back.", "%(count)s elements are back.", count)
    toast(request, text % {"count": count}, "success" if count else "warning")
    return moved(request, list_id, ids)


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
    search = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = bin_of(schema, actor=request.user, search=search)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    author = schema["MODIFIED_BY"]
    titles = row_titles([author], page, actor=request.user).get(author.key, {})
    context = {
        "list": list_,
        "page": page,
        "rows": [(row, author.to_text(row.modified_by, titles)) for row in page],
        "q": search,
    }
    return render_page(request, "lists/element/bin.html", context)
