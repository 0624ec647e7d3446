"""Saved views of a list: made of what the page shows, set up, saved anew, arranged, deleted."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right, may
from lists_core.field_types.pickers import is_id
from lists_core.grid.answers import done_in_state, reload, show_state
from lists_core.grid.page import open_grid
from lists_core.grid.view_bar import view_query
from lists_core.models import List, ListView
from lists_core.selectors.lists import access_list, preference
from lists_core.selectors.views import changeable_view, shared_with, views_in_order
from lists_core.services import views
from lists_core.view_form import ViewForm
from svod.base.errors import Invalid
from svod.base.htmx import toast
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def add(request: PortalRequest, list_id: int) -> HttpResponse:
    """A new view of the state in the address."""
    grid = open_grid(request.user, list_id, request.GET)
    if request.method == "GET":
        return dialog(request, grid.list_, None, form_of(request, grid.list_))
    form = form_of(request, grid.list_, data=True)
    if form.is_valid():
        try:
            view = made(request, list_id, form)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("The view is saved."))
            return done_in_state(grid.list_, view_query(grid.state, view.pk))
    return dialog(request, grid.list_, None, form, status=422)


@transaction.atomic
def made(request: PortalRequest, list_id: int, form: ViewForm) -> ListView:
    name = form.cleaned_data["name"]
    view = views.create_view(list_id, name, request.GET, actor=request.user)
    set_up(request, view, form)
    return view


def set_up(request: PortalRequest, view: ListView, form: ViewForm) -> None:
    """With whom it is shared, and whether it is the default one.

    Somebody else's view may be changed while it is shared or the default: it becomes the default
    before it is shared with nobody, and ceases to be it after.
    """
    known, was = form.cleaned_data, view.is_default
    default = known.get("default", was)
    if default and not was:
        views.make_default(view.list_id, view.pk, actor=request.user)
    views.share_view(view.list_id, view.pk, known["readers"], actor=request.user)
    if was and not default:
        views.make_default(view.list_id, None, actor=request.user)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, list_id: int, view_id: int) -> HttpResponse:
    """Its name and who sees it."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    view = changeable_view(request.user, list_, view_id)
    if request.method == "GET":
        return dialog(request, list_, view, form_of(request, list_, view))
    form = form_of(request, list_, view, data=True)
    if form.is_valid():
        try:
            with transaction.atomic():
                name = form.cleaned_data["name"]
                views.rename_view(list_id, view_id, name, actor=request.user)
                set_up(request, view, form)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("The view is saved."))
            return reload()
    return dialog(request, list_, view, form, status=422)


def form_of(
    request: PortalRequest, list_: List, view: ListView | None = None, *, data: bool = False
) -> ViewForm:
    manages = may(request.user, Right.FULL, list_)
    if data:
        return ViewForm(request.POST, manages=manages)
    if view is None:
        return ViewForm(manages=manages)
    known = {"name": view.name, "readers": shared_with(view), "default": view.is_default}
    return ViewForm(initial=known, manages=manages)


def dialog(
    request: PortalRequest, list_: List, view: ListView | None, form: ViewForm, *, status: int = 200
) -> HttpResponse:
    context = {"list": list_, "view": view, "form": form}
    return render(request, "lists/grid/view_form.html", context, status=status)


@login_required
@require_POST
def save(request: PortalRequest, list_id: int, view_id: int) -> HttpResponse:
    """The view becomes what the address shows."""
    view = views.save_view_state(list_id, view_id, request.GET, actor=request.user)
    grid = open_grid(request.user, list_id, request.GET)
    toast(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return show_state(grid.list_, view_query(grid.state, view.pk), history="replace")


@login_required
@require_POST
def delete(request: PortalRequest, list_id: int, view_id: int) -> HttpResponse:
    """Afterwards the list is seen without a view, in the same part of it."""
    grid = open_grid(request.user, list_id, request.GET)
    gone = views.delete_view(list_id, view_id, actor=request.user)
    toast(request, _("The view “%(name)s” is deleted.") % {"name": gone.name})
    return show_state(grid.list_, view_query(grid.state, None), history="replace")


@login_required
@require_GET
def arrange(request: PortalRequest, list_id: int) -> HttpResponse:
    """The order of the views: by dragging, or by Alt and the arrows."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    found = views_in_order(request.user, list_, preference(request.user, list_))
    manages = may(request.user, Right.FULL, list_)
    context = {"list": list_, "views": found, "manages": manages}
    return render(request, "lists/grid/views_order.html", context)


@login_required
@require_POST
def order(request: PortalRequest, list_id: int) -> HttpResponse:
    """`ids`, repeated; with `all` it is the order of those who have none of their own."""
    ids = [int(text) for text in request.POST.getlist("ids") if is_id(text)]
    for_all = "all" in request.POST
    views.reorder_views(list_id, ids, actor=request.user, for_all=for_all)
    return reload()
