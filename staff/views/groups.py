"""Groups of employees, for administrators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff import selectors, selectors_groups
from staff.group_forms import GroupForm, MemberForm
from staff.group_uses import rights_of
from staff.models import EmployeeGroup
from staff.services import employee_groups as services
from staff.widgets import typed_ids
from svod.base.errors import Invalid
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest

PAGE_SIZE = 50


@login_required
@require_GET
def groups(request: PortalRequest) -> HttpResponse:
    """All groups with the number of people in each."""
    found = selectors_groups.all_groups(request.user)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "staff/groups.html", {"page": page})


@login_required
@require_GET
def group(request: PortalRequest, pk: int) -> HttpResponse:
    """Who is in a group."""
    return group_page(request, selectors_groups.access_group(request.user, pk), MemberForm())


def group_page(request: PortalRequest, row: EmployeeGroup, form: MemberForm) -> HttpResponse:
    found = selectors_groups.members_of(row)
    context = {
        "group": row,
        "form": form,
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "rights": rights_of(row.pk),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/group.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def group_add(request: PortalRequest) -> HttpResponse:
    selectors.require_administrator(request.user)
    form = GroupForm(request.POST or None)
    if form.is_valid():
        try:
            row = services.create_group(actor=request.user, **form.cleaned_data)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("Group added. Now put people into it."))
            return redirect(row)
    return form_page(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def group_edit(request: PortalRequest, pk: int) -> HttpResponse:
    row = selectors_groups.access_group(request.user, pk)
    initial = {"name": row.name, "description": row.description}
    form = GroupForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.update_group(row, actor=request.user, **form.cleaned_data)
        except Invalid as error:
            form.add_domain_errors(error)
            row = selectors_groups.access_group(request.user, pk)
        else:
            toast(request, _("Saved."))
            return redirect(row)
    return form_page(request, form, row)


def form_page(request: PortalRequest, form: GroupForm, row: EmployeeGroup | None) -> HttpResponse:
    context = {"form": form, "group": row}
    status = 422 if form.errors else 200
    return render(request, "staff/group_form.html", context, status=status)


@login_required
@require_POST
def group_join(request: PortalRequest, pk: int) -> HttpResponse:
    """Puts one person into the group."""
    row = selectors_groups.access_group(request.user, pk)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return group_page(request, row, form)
    services.change_members(row, actor=request.user, add=[form.cleaned_data["person"]])
    return redirect(row)


@login_required
@require_POST
def group_leave(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes one person out of the group; one who is not in it stays out."""
    row = selectors_groups.access_group(request.user, pk)
    person = request.POST.get("person", "")
    leaving = selectors_groups.members_of(row).filter(pk__in=typed_ids(person))
    services.change_members(row, actor=request.user, remove=list(leaving))
    return redirect(row)


@login_required
@require_POST
def group_delete(request: PortalRequest, pk: int) -> HttpResponse:
    row = selectors_groups.access_group(request.user, pk)
    services.delete_group(row, actor=request.user)
    toast(request, _("Group deleted."))
    return go_to(request, "groups")
