"""Adding and changing an element."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lists_core.access import Right, schema_for
from lists_core.boards.board import open_board
from lists_core.element_page import grid_state, path_of
from lists_core.element_tabs import Target, open_target
from lists_core.field_types.pickers import is_id
from lists_core.form_aids import aid_of
from lists_core.forms import SECTION, ElementForm
from lists_core.grid.scopes import given_values, read_scope
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import access_element
from lists_core.selectors.lists import access_list
from lists_core.services.drafts import drop_draft
from lists_core.services.elements import Changed, update_element
from lists_core.services.references import available
from lists_core.services.shared_elements import create_shared_element
from lists_core.views.element_conflict import (
    Clash,
    chosen_values,
    clash_asked,
    clash_since,
    gone_page,
    merge_news,
)
from lists_core.views.element_draft import with_draft
from staff.models import Employee
from svod.base.errors import Invalid
from svod.base.htmx import go_to, is_htmx, render_page, saved, toast, trigger, wants_fragment
from svod.base.http import PortalRequest

# --- adding -----------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def element_add(request: PortalRequest, list_id: int) -> HttpResponse:
    """An empty form, or one filled from the element named by `copy`."""
    list_ = access_list(request.user, Right.ADD, list_id)
    form = add_form(request, list_)
    if not form.is_valid():
        return add_page(request, form)
    try:
        row = create(request, form)
    except Invalid as error:
        form.add_domain_errors(error)
        return add_page(request, form)
    drop_draft(list_id, None, actor=request.user)
    if "another" in request.POST:
        return another(request, list_, row)
    return done(request, list_, row, _("Added."))


def create(request: PortalRequest, form: ElementForm) -> Any:
    """The new element's row. Raises Invalid."""
    values = form.values
    section_id = values.pop(SECTION, None)
    scope = read_scope(request.GET.get("scope", ""), form.schema)
    return create_shared_element(
        form.list.pk,
        hidden(form) | values,
        form.chosen_readers,
        actor=request.user,
        section_id=section_id,
        copy_of=source_of(request),
        fixed=given_values(scope, form.schema)[1],
    )


def add_form(request: PortalRequest, list_: List) -> ElementForm:
    schema = schema_for(request.user, list_, new=True)
    data = request.POST if request.method == "POST" else None
    return ElementForm(
        data,
        list_=list_,
        schema=schema,
        actor=request.user,
        mode="add",
        values=first_values(request, list_, schema),
    )


def first_values(request: PortalRequest, list_: List, schema: Schema) -> dict[str, Any]:
    """What an add form starts with: the copied element's values, or the defaults.

    The section is that of the address, or the one open in the grid under the drawer.
    """
    source = source_of(request)
    if source:
        _list, own, row = access_element(request.user, Right.VIEW, list_.pk, source)
        return copied_values(own, row, request.user)
    values = {field.code: field.default() for field in schema.editable}
    section = grid_state(request, list_).get("section", "")
    values |= {SECTION: int(section) if is_id(section) and int(section) else None}
    return values | place_values(request, schema) | lane_values(request, list_)


def place_values(request: PortalRequest, schema: Schema) -> dict[str, Any]:
    """What the part of the list gives in which the element is added (`scope` of the address)."""
    scope = read_scope(request.GET.get("scope", ""), schema)
    return dict(scope.values) if scope else {}


def lane_values(request: PortalRequest, list_: List) -> dict[str, Any]:
    """What was begun on a board: the `name` typed in a `lane` of the address."""
    if "lane" not in request.GET:
        return {}
    board = open_board(request.user, list_.pk, request.GET)
    lane = board.lane(request.GET["lane"])
    return {"NAME": request.GET.get("name", ""), board.by.code: lane.value}


def source_of(request: PortalRequest) -> int | None:
    """The element that this one is to be a copy of."""
    source = request.GET.get("copy", "")
    return int(source) if is_id(source) else None


def copied_values(schema: Schema, row: Any, actor: Employee) -> dict[str, Any]:
    """Values a copy begins with: unique ones, the program's own numbers, secrets and what the
    actor may not see are left out."""
    values = {
        field: field.read(row)
        for field in schema.changeable
        if not field.field.unique and not (field.type.automatic or field.type.concealed)
    }
    kept = available(values, actor=actor)
    return {field.code: value for field, value in kept.items()} | {SECTION: row.section}


def hidden(form: ElementForm) -> dict[str, Any]:
    """Values of a copy that the form does not ask for go along as they are."""
    values = {
        field.code: form.initial.get(field.code)
        for field in form.schema.changeable
        if field.code not in form.fields
    }
    return {code: value for code, value in values.items() if value is not None}


def add_page(request: PortalRequest, form: ElementForm) -> HttpResponse:
    return form_page(request, form, {"copy": request.GET.get("copy", "")})


def another(request: PortalRequest, list_: List, row: Any) -> HttpResponse:
    """A fresh form in the same section after "Save and add another"."""
    toast(request, _("Added."))
    address = reverse("element_add", args=[list_.pk])
    kept = {"section": row.section or "", "scope": request.GET.get("scope", "")}
    query = urlencode({name: value for name, value in kept.items() if value})
    address += f"?{query}" if query else ""
    if not is_htmx(request):
        return redirect(address)
    schema = schema_for(request.user, list_, new=True)
    values = {field.code: field.default() for field in schema.editable}
    values |= {SECTION: row.section, **place_values(request, schema)}
    form = ElementForm(list_=list_, schema=schema, actor=request.user, mode="add", values=values)
    response = form_page(request, form, {"action": address})
    trigger(response, "elements-changed", {"list": list_.pk, "ids": [row.pk]})
    return response


# --- changing ---------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def element_edit(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The form of an element; a POST that comes after somebody else's save shows both texts."""
    list_ = access_list(request.user, Right.CHANGE, list_id)
    if request.method == "POST":
        gone = gone_page(request, list_, element_id)
        if gone is not None:
            return gone
    target = open_target(request.user, Right.CHANGE, list_id, element_id)
    form = edit_form(target, request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return edit_page(request, target, form)
    return save(request, target, form)


def edit_form(
    target: Target, data: Any = None, *, values: dict[str, Any] | None = None
) -> ElementForm:
    own = {field.code: field.read(target.row) for field in target.schema.editable}
    return ElementForm(
        data,
        list_=target.list,
        schema=target.schema,
        actor=target.actor,
        mode="edit",
        values={**own, SECTION: target.row.section, **(values or {})},
        version=target.row.version,
    )


def save(request: PortalRequest, target: Target, form: ElementForm) -> HttpResponse:
    values, answered = chosen_values(form, request.POST)
    if not answered:
        return edit_page(request, target, form, clash_asked(target, form, request.POST))
    version = form.cleaned_data["version"] or 0
    try:
        row = update_element(target.list.pk, target.id, values, version=version, actor=target.actor)
    except Invalid as error:
        form.add_domain_errors(error)
        return edit_page(request, target, form)
    except Changed as error:
        return changed(request, target, form, error)
    drop_draft(target.list.pk, target.id, actor=target.actor)
    return done(request, target.list, row, merge_news(target, row, version) or _("Saved."))


def changed(
    request: PortalRequest, target: Target, form: ElementForm, error: Changed
) -> HttpResponse:
    """Somebody saved first. Fields that only they changed are left out of the form and the save
    goes on, still by the version that the person saw; a field that both changed, or that a rule
    would fill, is for the person to decide."""
    row, version = error.row, form.cleaned_data["version"] or 0
    newer = Target(target.actor, target.list, schema_for(target.actor, target.list, row), row)
    if version > row.version:
        form.add_error(None, _("This form is of no version of the element. Open it anew."))
        return edit_page(request, newer, form)
    clash = clash_since(newer, form, version)
    if clash.merges and error.keys and error.keys <= clash.settled.keys():
        for code in clash.settled.values():
            form.cleaned_data.pop(code)
        return save(request, newer, form)
    return edit_page(request, newer, edit_form(newer, values=clash.merged), clash)


def edit_page(
    request: PortalRequest, target: Target, form: ElementForm, clash: Clash | None = None
) -> HttpResponse:
    return form_page(request, form, {"row": target.row, "clash": clash})


# --- both -------------------------------------------------------------------------------


def form_page(request: PortalRequest, form: ElementForm, context: dict[str, Any]) -> HttpResponse:
    row = context.get("row")
    state = grid_state(request, form.list)
    frame = {
        "form": form,
        "list": form.list,
        "row": row,
        "path": path_of(form.list, row.section if row else form.initial.get(SECTION), form.actor),
        "state": f"?{state.urlencode()}" if state else "",
        "drawer": wants_fragment(request),
        "action": request.get_full_path(),
        "aid": "" if row else aid_of(form.list),
    }
    frame |= with_draft(request, form, row.pk if row else None)
    wrong = form.errors or (form.readers and form.readers.errors)
    status = 409 if context.get("clash") else 422 if wrong else 200
    return render_page(request, "lists/element/form.html", {**frame, **context}, status=status)


def done(request: PortalRequest, list_: List, row: Any, text: str) -> HttpResponse:
    """Close the drawer and refresh the grid, or go to the element's page."""
    if wants_fragment(request):
        response = saved(request, text, list=list_.pk, ids=[row.pk])
        trigger(response, "elements-changed", {"list": list_.pk, "ids": [row.pk]})
        return response
    toast(request, text)
    return go_to(request, reverse("element", args=[list_.pk, row.pk]))
