"""The board of a list: its lanes, the next cards of one, cards that move and are added."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right, schema_for
from lists_core.boards.board import Board, open_board
from lists_core.boards.forms import AskedForm, NewCard, askable, asked_fields
from lists_core.boards.kinds import LanePlan
from lists_core.boards.page import next_cards, whole_board
from lists_core.field_types.pickers import is_id
from lists_core.grid.scopes import given_values
from lists_core.schema.compile import Schema
from lists_core.selectors.boards import Lane
from lists_core.selectors.elements import access_element
from lists_core.selectors.lists import access_list
from lists_core.services.boards import move_card
from lists_core.services.elements import create_element
from lists_core.services.preferences import remember_look
from lists_core.services.values import reasons
from lists_core.shapes import shapes
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from svod.base.htmx import saved, toast, trigger, wants_fragment
from svod.base.http import PortalRequest


@login_required
@require_GET
def board(request: PortalRequest, list_id: int) -> HttpResponse:
    """The board in the state that the address holds."""
    opened = open_board(request.user, list_id, request.GET)
    if opened.grid.list_.system and not wants_fragment(request):  # it has a page of its own
        own = shapes.get("kanban").url(opened.grid.list_)
        return redirect(f"{own}?{request.GET.urlencode()}")
    return whole_board(request, opened)


@login_required
@require_GET
def more(request: PortalRequest, list_id: int) -> HttpResponse:
    """The next cards of a lane, those after the element `below`."""
    opened = open_board(request.user, list_id, request.GET)
    plan = opened.lane(request.GET.get("lane", ""))
    below = request.GET.get("below", "")
    if not is_id(below):
        raise NotFound
    try:
        context = next_cards(opened, plan, int(below))
    except NotFound:  # the last card was deleted meanwhile: the board is drawn anew
        response = HttpResponse(status=204)
        trigger(response, "elements-changed")
        return response
    return render(request, "lists/board/cards.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def move(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """A card goes to `lane`. Where the lane asks for fields a dialog (GET) asks for them."""
    opened = open_board(request.user, list_id, request.GET)
    _list, schema, row = access_element(request.user, Right.CHANGE, list_id, element_id)
    plan = opened.lane(request.GET.get("lane", ""))
    if opened.is_fixed:
        raise Forbidden
    fields = asked_fields(schema, request.GET.get("ask", ""))
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {field.code: field.read(row) for field in fields}
    form = AskedForm(fields, *data, actor=request.user, initial=initial)
    if request.method == "GET" or not form.is_valid():
        return ask_dialog(request, opened, form, row, plan)
    try:
        move_card(
            list_id, element_id, opened.by.code, plan.value, actor=request.user,
            more=form.cleaned_data, **seen(opened, request),
        )  # fmt: skip
    except (Invalid, Conflict) as error:
        return refused(request, opened, error, form, row, plan)
    return moved(request, opened, form, row, plan)


def moved(
    request: PortalRequest, opened: Board, form: AskedForm, row: Any, plan: LanePlan
) -> HttpResponse:
    """The dialog of what was asked closes; the kind of the board may ask for more."""
    response = HttpResponse(status=204)
    if form.fields:
        response = saved(request, _("Saved."), list=opened.grid.list_.pk)
    if more := opened.kind.asked_after(opened, row, plan):
        trigger(response, "board:ask", {"url": more})
    return response


def seen(opened: Board, request: PortalRequest) -> dict[str, Lane]:
    """The lane in which the page showed the card, when it says so."""
    key = request.GET.get("from")
    return {"seen": opened.lane(key).value} if key else {}


def refused(
    request: PortalRequest, opened: Board, error: Any, form: AskedForm, row: Any, plan: Any
) -> HttpResponse:
    """Ask for what the lane lacks when the person can fill it, or tell why the card stays."""
    schema = schema_for(request.user, opened.grid.list_, row)
    if isinstance(error, Invalid) and form.fields:
        form.add_domain_errors(error)
        return ask_dialog(request, opened, form, row, plan)
    response = HttpResponse(status=204)
    asked = askable(schema, error) if isinstance(error, Invalid) else []
    if asked:
        codes = ",".join(field.code for field in asked)
        query = urlencode({**request.GET.dict(), "ask": codes})
        trigger(response, "board:ask", {"url": f"{request.path}?{query}"})
        return response
    told = reasons(schema, error) if isinstance(error, Invalid) else str(error)
    toast(request, told, "error")
    return response


def ask_dialog(
    request: PortalRequest, opened: Board, form: AskedForm, row: Any, plan: Any
) -> HttpResponse:
    context = {"form": form, "row": row, "plan": plan, "list": opened.grid.list_}
    return render(request, "lists/board/ask.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def add(request: PortalRequest, list_id: int) -> HttpResponse:
    """An element of this `name`, in the lane and the section of the address. Where the list asks
    for more the whole form opens."""
    opened = open_board(request.user, list_id, request.GET)
    access_list(request.user, Right.ADD, list_id)
    plan = opened.lane(request.GET.get("lane", ""))
    form = NewCard(request.POST)
    if not form.is_valid():
        toast(request, _("Enter a name."), "error")
        return HttpResponse(status=204)
    schema = schema_for(request.user, opened.grid.list_, new=True)
    given, fixed = given_values(opened.grid.state.scope, schema)
    values = {**given, "NAME": form.cleaned_data["name"], opened.by.code: plan.value}
    section = opened.grid.state.section or None
    try:
        row = create_element(list_id, values, actor=request.user, section_id=section, fixed=fixed)
    except Invalid as error:
        return whole_form(request, schema, error)
    except Conflict as error:
        toast(request, str(error), "error")
        return HttpResponse(status=204)
    return saved(request, list=list_id, added=row.pk, lane=request.GET["lane"])


def whole_form(request: PortalRequest, schema: Schema, error: Invalid) -> HttpResponse:
    """With the name that was typed, and in the same lane."""
    toast(request, reasons(schema, error), "warning")
    response = HttpResponse(status=204)
    query = urlencode({**request.GET.dict(), "name": request.POST["name"]})
    url = reverse("element_add", args=[schema.list_id])
    trigger(response, "board:form", {"url": f"{url}?{query}"})
    return response


@login_required
@require_http_methods(["GET", "POST"])
def fields(request: PortalRequest, list_id: int) -> HttpResponse:
    """The dialog of what cards show: chosen fields first in their order, then the others."""
    opened = open_board(request.user, list_id, request.GET)
    if request.method == "POST":
        codes = [] if "reset" in request.POST else request.POST.getlist("column")
        known = [code for code in codes if opened.schema.get(code)]
        remember_look(opened.grid.preference, {"kanban": {"card": known}})
        return saved(request, list=list_id)
    shown = [(field, True) for field in opened.fields]
    own = {opened.by, *opened.fields, opened.schema["NAME"]}
    rest = [(field, False) for field in opened.schema.all_fields if field not in own]
    context = {"list": opened.grid.list_, "board": opened, "choices": [*shown, *rest]}
    return render(request, "lists/board/fields.html", context)
