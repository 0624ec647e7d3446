"""The directory of people, their cards and what administrators do with them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff import selectors
from staff.forms import DirectoryForm, EmployeeForm
from staff.models import Employee
from staff.services import employees, passwords
from staff.time_zones import local_time
from staff.views.sign_in import portal_address
from svod.base.errors import DomainError, Invalid
from svod.base.htmx import render_page, toast

PAGE_SIZE = 24


@login_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Search by words and department; the address holds the whole state."""
    form = DirectoryForm(request.GET)
    found = Employee.objects.none()
    if form.is_valid():
        known = form.cleaned_data
        found = selectors.directory(
            request.user,
            text=known["q"],
            department=known["department"],
            active=not known["inactive"],
        )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "can_manage": selectors.is_administrator(request.user),
    }
    return render_page(request, "staff/people.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def employee(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of one person."""
    person = selectors.access_employee(request.user, pk)
    context = {
        "person": person,
        "local_time": local_time(person.time_zone),
        "head": selectors.head_of(person),
        "reports": person.reports.filter(is_active=True),
        "can_manage": selectors.is_administrator(request.user),
    }
    return render(request, "staff/employee.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def employee_add(request: HttpRequest) -> HttpResponse:
    """A new employee, invited by mail; the card then shows the link as well."""
    selectors.require_administrator(request.user)
    form = EmployeeForm(request.POST or None)
    if form.is_valid():
        try:
            person = employees.create_employee(form.cleaned_data, actor=request.user)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            return invited(request, person)
    return form_page(request, form, _("New employee"))


@login_required
@require_http_methods(["GET", "POST"])
def employee_edit(request: HttpRequest, pk: int) -> HttpResponse:
    selectors.require_administrator(request.user)
    person = selectors.access_employee(request.user, pk, change=True)
    form = EmployeeForm(request.POST or None, instance=person)
    if form.is_valid():
        try:
            employees.update_employee(person, form.cleaned_data, actor=request.user)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("Saved."))
            return redirect(person)
    return form_page(request, form, str(person))


def form_page(request: HttpRequest, form: EmployeeForm, heading: str) -> HttpResponse:
    context = {"form": form, "heading": heading}
    status = 422 if form.errors else 200
    return render(request, "staff/employee_form.html", context, status=status)


@login_required
@require_POST
def employee_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the invitation again and shows its link."""
    selectors.require_administrator(request.user)  # before anything tells who there is
    return invited(request, selectors.access_employee(request.user, pk, change=True))


def invited(request: HttpRequest, person: Employee) -> HttpResponse:
    portal = portal_address(request)
    link = passwords.invite(person, actor=request.user, portal=portal)
    context = {"person": person, "link": link, "can_manage": True}
    return render(request, "staff/employee_invited.html", context)


@login_required
@require_POST
def employee_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Deactivates an active employee, lets a deactivated one in again."""
    person = selectors.access_employee(request.user, pk, change=True)
    try:
        if request.POST.get("active") == "1":
            employees.activate_employee(person, actor=request.user)
            toast(request, _("%(name)s can sign in again.") % {"name": person})
        else:
            employees.deactivate_employee(person, actor=request.user)
            toast(request, _("%(name)s can no longer sign in.") % {"name": person})
    except DomainError as error:
        toast(request, error, "error")
    return redirect(person)


@login_required
@require_GET
def employee_photo(request: HttpRequest, pk: int, size: str, mark: str) -> FileResponse:
    """A photo to those who may see the person; `mark` changes with it, so it may be cached."""
    person = selectors.access_employee(request.user, pk)
    name = {"photo": person.photo_url, "thumbnail": person.thumbnail_url}.get(size)
    if not name or name != request.path:
        raise Http404
    file = person.photo if size == "photo" else person.thumbnail
    response = FileResponse(file.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_GET
def suggest(request: HttpRequest) -> JsonResponse:
    """Active employees for a picker: {"results": [{id, text, position, photo, …}]}.

    `value` and `note` repeat two of them under the names that `<svod-select>` reads.
    """
    found = selectors.suggest_employees(request.GET.get("q", "")[:200].replace("\0", ""))
    rows = [
        {
            "id": person.pk,
            "text": str(person),
            "position": person.position,
            "photo": person.thumbnail_url,
            "value": person.pk,
            "note": person.position,
        }
        for person in found
    ]
    return JsonResponse({"results": rows})
