"""One's own security page: the app, recovery codes, passkeys."""

from __future__ import annotations

import base64
from typing import cast

from allauth.mfa.totp.internal import auth as totp
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff import mfa, mfa_passkeys
from staff.impersonation import themselves_only
from staff.mfa import Kind
from staff.middleware import SecondFactorMiddleware
from staff.models import Employee
from staff.reauth import require_recent
from staff.services import second_factor, sessions
from staff.views.sign_in_second import CodeForm, refusal
from svod.base.errors import Invalid
from svod.base.htmx import go_to, toast


@login_required
@never_cache
@require_GET
@themselves_only
def security(request: HttpRequest) -> HttpResponse:
    """What protects the account, and where it is open."""
    person = cast(Employee, request.user)
    rows = list(mfa.factors(person))
    codes = mfa.find(person, Kind.RECOVERY_CODES)
    context = {
        "app": next((row for row in rows if row.type == Kind.TOTP), None),
        "passkeys": [row for row in rows if row.type == Kind.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "sessions": sessions.alive(person),
        "current": request.session.session_key,
        "must_have": mfa.must_have_factor(person),
    }
    return render(request, "staff/security.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@require_recent
def app(request: HttpRequest) -> HttpResponse:
    """Shows the seed as a picture and as text; a right code switches the app on."""
    person, secret = cast(Employee, request.user), totp.get_totp_secret()
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            second_factor.switch_on_app(person, secret, form.cleaned_data["code"])
        except Invalid as error:
            form.add_error("code", error.errors["code"])
        else:
            totp.clear_totp_secret(request)
            toast(request, _("The app is switched on. Keep the recovery codes in a safe place."))
            return redirect("security_codes")
    address = mfa.Adapter().build_totp_url(person, secret)
    context = {"form": form, "secret": in_groups(secret), "picture": picture(address)}
    return render(request, "staff/security_app.html", context, status=422 if form.errors else 200)


def in_groups(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def picture(address: str) -> str:
    """The QR code as a data: address, which the policy allows in <img>."""
    drawn = mfa.Adapter().build_totp_svg(address).encode()
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()


@login_required
@require_POST
@require_recent
def factor_remove(request: HttpRequest, pk: int) -> HttpResponse:
    second_factor.remove_factor(cast(Employee, request.user), pk)
    request.session.pop(SecondFactorMiddleware.DONE, None)
    toast(request, _("The second factor is removed."))
    return go_to(request, "security")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@require_recent
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left, also as a file; POST makes new ones."""
    person = cast(Employee, request.user)
    if not mfa.has_factor(person):
        return redirect("security")
    if request.method == "POST":
        second_factor.new_recovery_codes(person)
        toast(request, _("The earlier codes no longer work."))
        return redirect("security_codes")
    row = mfa.find(person, Kind.RECOVERY_CODES)
    left = row.wrap().get_unused_codes() if row else []
    if "download" in request.GET:
        return HttpResponse(
            "\r\n".join([_("Svod: recovery codes"), "", *left, ""]),
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="svod-recovery-codes.txt"'},
        )
    return render(request, "staff/security_codes.html", {"codes": left})


class PasskeyForm(forms.Form):
    """What the person calls the key."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=second_factor.NAME_SIGNS,
        help_text=gettext_lazy("For example “Work laptop”."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@require_recent
def passkey_add(request: HttpRequest) -> HttpResponse:
    """The page with the name; the element posts the name and the browser's new key here."""
    if request.method == "GET":
        return render(request, "staff/security_passkey.html", {"form": PasskeyForm()})
    person = cast(Employee, request.user)
    try:
        credential = mfa_passkeys.accept(mfa_passkeys.answered(request))
        second_factor.add_passkey(person, request.POST.get("name", ""), credential)
    except Invalid as error:
        texts = [text for texts in error.errors.values() for text in texts]
        return refusal(" ".join(texts) or _("This passkey does not fit."), 422)
    toast(request, _("The passkey is added."))
    return JsonResponse({"next": "/profile/security/"})


@login_required
@never_cache
@require_GET
@require_recent
def passkey_options(request: HttpRequest) -> HttpResponse:
    return mfa_passkeys.invitation(cast(Employee, request.user))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@require_recent
def passkey_rename(request: HttpRequest, pk: int) -> HttpResponse:
    person = cast(Employee, request.user)
    row = second_factor.passkey(person, pk)
    form = PasskeyForm(request.POST or None, initial={"name": row.wrap().name})
    if form.is_valid():
        second_factor.rename_passkey(person, pk, form.cleaned_data["name"])
        toast(request, _("Saved"))
        return redirect("security")
    context = {"form": form, "passkey": row}
    return render(
        request, "staff/security_passkey.html", context, status=422 if form.errors else 200
    )
