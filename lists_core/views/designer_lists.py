"""The start page and the life of lists: settings, copy, bin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right, may_create_lists
from lists_core.designer_forms import CopyForm, ListForm
from lists_core.models import List
from lists_core.selectors.lists import access_list, deleted_lists, lists_for_start
from lists_core.services import favourites, lists
from lists_core.services.copies import copy_list
from lists_core.services.jobs import start_job
from lists_core.views.files_suggest import asked_words
from svod.base.errors import Forbidden, Invalid
from svod.base.htmx import go_to, render_page, toast, wants_fragment
from svod.base.http import PortalRequest

TILES, DIGITS = 100, 6


@login_required
@require_GET
def home(request: PortalRequest) -> HttpResponse:
    """The lists a person may see, as tiles, and below them the directories: TILES of each, the
    next ones for a click."""
    search, start = asked_words(request).strip(), _asked_start(request)
    if start and wants_fragment(request):
        of_directories = request.GET.get("directories") == "1"
        tiles = _tiles(request, search, start, directories=of_directories)
        return render(request, "lists/designer/partials/tiles.html", tiles)
    context = {
        **_tiles(request, search, 0 if "directories" in request.GET else start, directories=False),
        "directories": _tiles(request, search, 0, directories=True),
        "search": search,
        "may_create": may_create_lists(request.user),
    }
    return render_page(request, "lists/designer/home.html", context)


def _tiles(request: PortalRequest, search: str, start: int, *, directories: bool) -> dict[str, Any]:
    found = lists_for_start(request.user, search=search, directories=directories)
    lists = list(found[start : start + TILES + 1])
    following = start + TILES if len(lists) > TILES else None
    return {"lists": lists[:TILES], "next": following, "of_directories": directories}


def _asked_start(request: PortalRequest) -> int:
    asked = request.GET.get("from", "")
    sound = asked.isascii() and asked.isdecimal() and len(asked) <= DIGITS
    return int(asked) if sound else 0


@login_required
@require_POST
def favourite(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = access_list(request.user, Right.VIEW, list_id)
    pinned = favourites.toggle(list_, actor=request.user)
    context = {"list": list_, "pinned": pinned}
    return render(request, "lists/designer/partials/star.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def list_add(request: PortalRequest) -> HttpResponse:
    if not may_create_lists(request.user):
        raise Forbidden
    form = ListForm(request.POST or None)
    if form.is_valid():
        made = lists.create_list(actor=request.user, **form.settings())
        toast(request, _("The list is made. Now add its fields."))
        return go_to(request, reverse("list_fields", args=[made.pk]))
    return _form_page(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def list_settings(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = access_list(request.user, Right.FULL, list_id)
    form = ListForm(request.POST or None, instance=list_)
    if form.is_valid():
        try:
            lists.update_list(list_.pk, actor=request.user, **form.settings())
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("Saved."))
            return go_to(request, request.path)
    list_.refresh_from_db()  # the form wrote what was typed into it
    return _form_page(request, form, list_)


def _form_page(request: PortalRequest, form: ListForm, list_: List | None) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "list": list_, "tab": "settings"}
    return render(request, "lists/designer/list_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def list_copy(request: PortalRequest, list_id: int) -> HttpResponse:
    """Copies settings and fields at once; elements are copied by a job."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    if not may_create_lists(request.user):
        raise Forbidden
    suggested = _("%(name)s (copy)") % {"name": list_.name}
    form = CopyForm(request.POST or None, initial={"name": suggested})
    if form.is_valid():
        name = form.cleaned_data["name"]
        if form.cleaned_data["with_elements"]:
            job = start_job("copy_list", actor=request.user, list_=list_, list=list_.pk, name=name)
            return go_to(request, job)
        return go_to(request, copy_list(list_.pk, actor=request.user, name=name))
    context = {"form": form, "list": list_, "tab": "settings"}
    status = 422 if form.errors else 200
    return render_page(request, "lists/designer/list_copy.html", context, status=status)


@login_required
@require_POST
def list_delete(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = lists.delete_list(list_id, actor=request.user)
    undo = reverse("list_restore", args=[list_.pk])
    toast(request, _("“%(name)s” is in the bin.") % {"name": list_.name}, undo=undo)
    return go_to(request, "home")


@login_required
@require_GET
def lists_bin(request: PortalRequest) -> HttpResponse:
    context = {"lists": deleted_lists(request.user), "days": settings.DESIGNER_BIN_DAYS}
    return render(request, "lists/designer/bin.html", context)


@login_required
@require_POST
def list_restore(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = lists.restore_list(list_id, actor=request.user)
    toast(request, _("“%(name)s” is back.") % {"name": list_.name})
    return go_to(request, list_)


@login_required
@require_POST
def list_purge(request: PortalRequest, list_id: int) -> HttpResponse:
    if lists.is_long_to_purge(list_id, actor=request.user):
        return go_to(request, start_job("purge_list", actor=request.user, list=list_id))
    lists.purge_list(list_id, actor=request.user)
    toast(request, _("The list is removed for good."))
    return go_to(request, "lists_bin")
