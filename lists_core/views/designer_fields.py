"""The designer of fields: their order, settings, live preview and bin."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right
from lists_core.designer_forms import FieldForm
from lists_core.field_types.pickers import is_id
from lists_core.models import Field, List
from lists_core.schema.cache import schema_of
from lists_core.schema.fields import SchemaField
from lists_core.selectors.fields import access_field, deleted_fields, open_type_changes
from lists_core.selectors.lists import access_list
from lists_core.services import fields
from staff.models import Employee
from svod.base.errors import Invalid
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def list_fields(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = access_list(request.user, Right.FULL, list_id)
    context = {
        "list": list_,
        "tab": "fields",
        "schema": schema_of(list_),
        "deleted": deleted_fields(list_),
        "bin_days": settings.DESIGNER_BIN_DAYS,
        "changes": open_type_changes(list_),
        "preview": preview_form(list_, actor=request.user),
    }
    return render(request, "lists/designer/fields.html", context)


@login_required
@require_POST
def fields_sort(request: PortalRequest, list_id: int) -> HttpResponse:
    """The table posts the fields' ids in their new order after a drag."""
    ids = [int(text) for text in request.POST.getlist("ids") if is_id(text)]
    fields.sort_fields(list_id, ids, actor=request.user)
    return HttpResponse(status=204)


@login_required
@require_http_methods(["GET", "POST"])
def field_add(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = access_list(request.user, Right.FULL, list_id)
    form = _form(request, list_, None)
    if form.is_valid() and _saved(form, request):
        toast(request, _("The field “%(name)s” is added.") % {"name": form.cleaned_data["name"]})
        return _after_save(request, list_)
    return _page(request, form, 422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def field_edit(request: PortalRequest, list_id: int, field_id: int) -> HttpResponse:
    list_ = access_list(request.user, Right.FULL, list_id)
    form = _form(request, list_, access_field(list_, field_id))
    if form.is_valid() and _saved(form, request):
        toast(request, _("Saved."))
        return _after_save(request, list_)
    return _page(request, form, 422 if form.is_bound else 200)


@login_required
@require_POST
def field_draft(request: PortalRequest, list_id: int, field_id: int = 0) -> HttpResponse:
    """The form and the preview as they look with what is typed so far, errors not yet shown."""
    list_ = access_list(request.user, Right.FULL, list_id)
    field = access_field(list_, field_id) if field_id else None
    form = FieldForm(request.POST, list_=list_, actor=request.user, field=field)
    context = _context(form)
    if request.POST.get("part") == "form":
        form.hide_errors()
        return render(
            request, "lists/designer/partials/field_form.html", {**context, "draft": True}
        )
    return render(request, "lists/designer/partials/preview.html", context)


@login_required
@require_POST
def field_delete(request: PortalRequest, list_id: int, field_id: int) -> HttpResponse:
    list_ = access_list(request.user, Right.FULL, list_id)
    field = fields.delete_field(access_field(list_, field_id).pk, actor=request.user)
    undo = reverse("field_restore", args=[list_.pk, field.pk])
    toast(request, _("The field “%(name)s” is in the bin.") % {"name": field.name}, undo=undo)
    return _after_save(request, list_)


@login_required
@require_POST
def field_restore(request: PortalRequest, list_id: int, field_id: int) -> HttpResponse:
    list_ = access_list(request.user, Right.FULL, list_id)
    try:
        field = fields.restore_field(
            access_field(list_, field_id, deleted=True).pk, actor=request.user
        )
        toast(request, _("The field “%(name)s” is back.") % {"name": field.name})
    except Invalid as error:
        toast(request, " ".join(chain.from_iterable(error.errors.values())), "error")
    return _after_save(request, list_)


@login_required
@require_POST
def field_purge(request: PortalRequest, list_id: int, field_id: int) -> HttpResponse:
    list_ = access_list(request.user, Right.FULL, list_id)
    fields.purge_field(access_field(list_, field_id, deleted=True).pk, actor=request.user)
    toast(request, _("The field is removed for good."))
    return _after_save(request, list_)


def _form(request: PortalRequest, list_: List, field: Field | None) -> FieldForm:
    data = request.POST if request.method == "POST" else None
    slug = request.GET.get("type", "string")
    return FieldForm(data, list_=list_, actor=request.user, field=field, type_slug=slug)


def _saved(form: FieldForm, request: PortalRequest) -> bool:
    """Save through the service; its refusals go to the form's fields."""
    try:
        if form.field:
            fields.update_field(form.field.pk, actor=request.user, **form.given())
        else:
            fields.create_field(form.list.pk, form.kind.slug, actor=request.user, **form.given())
    except Invalid as error:
        form.add_domain_errors(error)
        return False
    return True


def _after_save(request: PortalRequest, list_: List) -> HttpResponse:
    return go_to(request, reverse("list_fields", args=[list_.pk]))


def _context(form: FieldForm) -> dict[str, Any]:
    becoming = form.becoming()
    becoming.name = form.data.get("name") or becoming.name or _("New field")
    becoming.hint = form.data.get("hint", becoming.hint)
    becoming.required = bool(form.data.get("required")) if form.is_bound else becoming.required
    return {
        "form": form,
        "list": form.list,
        "field": form.field,
        "tab": "fields",
        "preview": preview_form(form.list, SchemaField.of(becoming), actor=form.actor),
    }


def _page(request: PortalRequest, form: FieldForm, status: int) -> HttpResponse:
    return render(request, "lists/designer/field.html", _context(form), status=status)


def preview_form(list_: List, edited: SchemaField | None = None, *, actor: Employee) -> forms.Form:
    """The list's add form; the edited field takes its own place in it, or the last."""
    form = forms.Form(prefix="preview")
    editable = list(schema_of(list_).editable)
    places = [field.field.pk for field in editable]
    if edited and edited.field.pk in places[1:]:
        editable[places.index(edited.field.pk)] = edited
    elif edited:
        editable.append(edited)
    for field in editable:
        name = "edited" if field is edited else field.code
        form.fields[name] = field.form_field(actor=actor)
        form.initial[name] = field.default()
    return form
