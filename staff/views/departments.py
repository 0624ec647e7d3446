"""The tree of departments."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff import selectors
from staff.forms import DepartmentForm, MoveForm
from staff.models import Department
from staff.services import departments as services
from svod.base.errors import DomainError, Invalid
from svod.base.htmx import go_to, toast


@login_required
@require_GET
def departments(request: HttpRequest) -> HttpResponse:
    """The whole tree with heads and counts."""
    context = {
        "tree": selectors.department_tree(),
        "can_manage": selectors.is_administrator(request.user),
    }
    return render(request, "staff/departments.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def department_add(request: HttpRequest) -> HttpResponse:
    selectors.require_administrator(request.user)
    initial = {"parent": request.GET.get("parent")}
    form = DepartmentForm(request.POST or None, initial=initial)
    if form.is_valid():
        services.create_department(actor=request.user, **form.cleaned_data)
        toast(request, _("Department added."))
        return redirect("departments")
    return form_page(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def department_edit(request: HttpRequest, pk: int) -> HttpResponse:
    department = selectors.access_department(request.user, pk, change=True)
    initial = {
        "name": department.name,
        "parent": department.parent_id,
        "head": department.head_id,
    }
    form = DepartmentForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.update_department(department, actor=request.user, **form.cleaned_data)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("Saved."))
            return redirect("departments")
    return form_page(request, form, department)


def form_page(
    request: HttpRequest, form: DepartmentForm, department: Department | None
) -> HttpResponse:
    context = {"form": form, "department": department}
    status = 422 if form.errors else 200
    return render(request, "staff/department_form.html", context, status=status)


@login_required
@require_POST
def department_move(request: HttpRequest) -> HttpResponse:
    """Puts a dragged department elsewhere; the tree reads only the status and a refusal."""
    selectors.require_administrator(request.user)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("There is no such place."), status=422)
    known = form.cleaned_data
    try:
        services.move_department(
            known["id"], actor=request.user, parent=known["parent"], place=form.place()
        )
    except Invalid as error:
        return HttpResponse(" ".join(error.errors["parent"]), status=422)
    return HttpResponse(status=204)


@login_required
@require_POST
def department_shift(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down: the way without a mouse."""
    department = selectors.access_department(request.user, pk, change=True)
    by = -1 if request.POST.get("way") == "up" else 1
    services.shift_department(department, actor=request.user, by=by)
    return redirect("departments")


@login_required
@require_POST
def department_delete(request: HttpRequest, pk: int) -> HttpResponse:
    department = selectors.access_department(request.user, pk, change=True)
    try:
        services.delete_department(department, actor=request.user)
        toast(request, _("Department deleted."))
    except DomainError as error:
        toast(request, error, "error")
    return go_to(request, "departments")
