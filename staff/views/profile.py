"""One's own page."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from staff import selectors_groups
from staff.actors import Actor
from staff.forms import ProfileForm
from staff.services import employees
from svod.base.errors import Invalid
from svod.base.htmx import toast

YEAR = 31_536_000


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Shows and saves the profile of the person signed in."""
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProfileForm(*posted, instance=request.user)
    if form.is_valid() and save(form, actor=request.user):
        return saved(request, form.cleaned_data)
    status = 422 if form.errors else 200
    context = {"form": form, "groups": selectors_groups.groups_with(request.user)}
    return render(request, "staff/profile.html", context, status=status)


def save(form: ProfileForm, *, actor: Actor) -> bool:
    """Photo first: it is what can still be refused."""
    photo, employee = form.cleaned_data["photo"], form.instance
    try:
        if photo:
            employees.set_photo(employee, photo, photo.size, actor=actor)
        elif form.cleaned_data.get("remove_photo"):
            employees.remove_photo(employee, actor=actor)
        employees.update_profile(employee, form.cleaned_data, actor=actor)
    except Invalid as error:
        form.add_domain_errors(error)
        return False
    return True


def saved(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    """Back to the page, already in the language and theme just chosen."""
    with translation.override(values["language"]):
        toast(request, _("Profile saved."))
    response = redirect("profile")
    response.set_cookie("theme", values["theme"], samesite="Lax", max_age=YEAR)
    return response
