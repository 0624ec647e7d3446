"""The page of a list's indexes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lists_core.schema.indexes import Want
from lists_core.selectors.indexes import index_page
from lists_core.services.indexes import ask_for_index, change_index
from svod.base.errors import Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def list_indexes(request: PortalRequest, list_id: int) -> HttpResponse:
    """What stands and what is wanted; a POST asks for one more."""
    page = index_page(request.user, list_id)
    if request.method == "POST":
        column, _sign, kind = request.POST.get("want", "").partition(":")
        try:
            ask_for_index(list_id, Want(column, kind), actor=request.user)
            toast(request, _("The index will be built in the background."))
        except Invalid:
            toast(request, _("Choose a field from the list."), "error")
        return go_to(request, reverse("list_indexes", args=[list_id]))
    context = {"list": page.list_, "page": page, "tab": "indexes"}
    return render_page(request, "lists/designer/indexes.html", context)


@login_required
@require_POST
def index_change(request: PortalRequest, list_id: int, index_id: int) -> HttpResponse:
    """Build it now, drop it, or keep it always: `deed` says which."""
    change_index(list_id, index_id, request.POST.get("deed", ""), actor=request.user)
    toast(request, _("Saved. The work is done in the background."))
    return go_to(request, reverse("list_indexes", args=[list_id]))
