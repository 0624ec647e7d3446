"""The question "is it you?" before something dangerous: see staff.reauth."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from staff import reauth
from staff.impersonation import impersonator
from staff.lockout import Locked, guess
from staff.models import Employee
from svod.base.errors import Forbidden
from svod.base.htmx import render_page, wants_fragment


class ConfirmForm(forms.Form):
    """The password."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Asks for the password; a script gets 204 when it fits, a page goes on to `next`."""
    if impersonator(request) is not None:
        raise Forbidden(_("This cannot be done while looking as another person."))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid() and confirmed(request, form):
            return go_on(request)
    except Locked as locked:
        form.add_error(None, str(locked))
        return question(request, form, status=429)
    return question(request, form, status=422 if form.errors else 200)


def confirmed(request: HttpRequest, form: ConfirmForm) -> bool:
    """Mark the session when what was typed is right; else say so on the form."""
    person, password = cast(Employee, request.user), form.cleaned_data["password"]
    if guess(request, person, lambda: person.check_password(password)):
        reauth.mark(request)
        return True
    form.add_error("password", _("Wrong password."))
    return False


def go_on(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204) if wants_fragment(request) else redirect(target(request))


def target(request: HttpRequest) -> str:
    """The address to go on to, if it is one of this host."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if reauth.is_local(request, wanted) else "/"


def question(request: HttpRequest, form: ConfirmForm, *, status: int) -> HttpResponse:
    context = {"form": form, "next": target(request)}
    return render_page(request, "staff/reauth.html", context, status=status)
