"""The question "is it you?" before something dangerous: see staff.reauth."""

from __future__ import annotations

from typing import cast

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from staff import mfa, mfa_passkeys, reauth
from staff.impersonation import refuse_impersonation, themselves_only
from staff.lockout import Locked, guess
from staff.models import Employee
from staff.views.sign_in_second import refusal
from svod.base.htmx import render_page, wants_fragment


class ConfirmForm(forms.Form):
    """The password or, where the person has the app, its code instead."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        required=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    code = forms.CharField(
        label=gettext_lazy("Or the code of the app"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: object, person: Employee, kinds: set[str]) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.person = person
        if not person.has_usable_password():
            del self.fields["password"]
        if mfa.Kind.TOTP not in kinds:
            del self.fields["code"]

    def fits(self) -> bool:
        """One right proof is enough; a wrong one beside it does not matter."""
        password, code = (self.cleaned_data.get(name) for name in ("password", "code"))
        return bool(
            (password and self.person.check_password(password))
            or (code and mfa.code_fits(self.person, code))
        )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@themselves_only
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Asks for a proof; a script gets 204 when it fits, a page goes on to `next`."""
    person = cast(Employee, request.user)
    kinds = {row.type for row in mfa.factors(person)}
    form = ConfirmForm(
        request.POST if request.method == "POST" else None, person=person, kinds=kinds
    )
    try:
        if form.is_valid() and confirmed(request, form):
            return go_on(request)
    except Locked as locked:
        form.add_error(None, str(locked))
        return question(request, form, kinds, status=429)
    return question(request, form, kinds, status=422 if form.errors else 200)


def confirmed(request: HttpRequest, form: ConfirmForm) -> bool:
    """Mark the session when what was typed is right; else say so on the form."""
    if guess(request, form.person, form.fits):
        reauth.mark(request)
        return True
    place = next(iter(form.fields), None) if len(form.fields) == 1 else None
    form.add_error(place, _("This does not fit."))
    return False


def go_on(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204) if wants_fragment(request) else redirect(target(request))


def target(request: HttpRequest) -> str:
    """The address to go on to, if it is one of this host."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if reauth.is_local(request, wanted) else "/"


def question(
    request: HttpRequest, form: ConfirmForm, kinds: set[str], *, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "next": target(request),
        "has_passkey": mfa.Kind.WEBAUTHN in kinds,
        "sso_name": settings.OIDC_NAME,
    }
    return render_page(request, "staff/reauth.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reauthenticate_passkey(request: HttpRequest) -> HttpResponse:
    """GET asks for one of the person's passkeys, POST takes the answer: {"next": address}."""
    refuse_impersonation(request)
    person = cast(Employee, request.user)
    if request.method == "GET":
        return mfa_passkeys.question(person)
    try:
        if not mfa_passkeys.proves(request, person, mfa_passkeys.answered(request)):
            return refusal(_("This passkey does not fit."), 422)
    except Locked as locked:
        return refusal(str(locked), 429)
    reauth.mark(request)
    return JsonResponse({"next": target(request)})
