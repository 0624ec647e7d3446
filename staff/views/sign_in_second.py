"""The second step of a sign-in: a code or a passkey. And signing in by a passkey alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from staff import mfa, mfa_entry, mfa_passkeys, reauth, sign_in_sessions
from staff.lockout import Locked, guess
from staff.models import Employee


class CodeForm(forms.Form):
    """A code of the app or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Only for those whom the first step let through; everybody else begins anew."""
    person = mfa_entry.pending(request)
    if person is None:
        return redirect("sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return question(request, person, form, status=422 if form.errors else 200)
    try:
        if guess(request, person, lambda: mfa.code_fits(person, form.cleaned_data["code"])):
            return mfa_entry.second_step(request, person, way="code")[0]
    except Locked as locked:
        form.add_error(None, str(locked))
        return question(request, person, form, status=429)
    form.add_error("code", _("This code does not fit, or it has been used already."))
    return question(request, person, form, status=422)


def question(
    request: HttpRequest, person: Employee, form: CodeForm, *, status: int
) -> HttpResponse:
    kinds = {row.type for row in mfa.factors(person)}
    context = {
        "form": form,
        "has_app": mfa.Kind.TOTP in kinds,
        "has_passkey": mfa.Kind.WEBAUTHN in kinds,
    }
    return render(request, "staff/sign_in_second.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """GET asks for a passkey, POST takes the answer: {"next": address} when it lets in.

    After the first step only that person's keys do; without one any key does that has checked its
    owner (by finger, face or PIN): such a key is both factors at once.
    """
    person = mfa_entry.pending(request)
    if request.method == "GET":
        sign_in_sessions.brief(request)
        return mfa_passkeys.question(person)
    answer = mfa_passkeys.answered(request)
    claimed = person or mfa_passkeys.owner(answer)
    try:
        if claimed is None or not mfa_passkeys.proves(request, claimed, answer):
            return refusal(_("This passkey does not fit."), 422)
    except Locked as locked:
        return refusal(str(locked), 429)
    return let_in(request, claimed, stepped=person is not None)


def let_in(request: HttpRequest, person: Employee, *, stepped: bool) -> JsonResponse:
    if stepped:
        entered, target = mfa_entry.second_step(request, person, way="passkey")
    else:
        wanted = request.POST.get("next", "")
        target = wanted if reauth.is_local(request, wanted) else "/"
        entered = mfa_entry.enter(request, person, target, way="passkey")
    response = JsonResponse({"next": target})
    response.cookies.update(entered.cookies)
    return response


def refusal(text: str, status: int) -> JsonResponse:
    """What the element shows next to its button."""
    words: dict[str, Any] = {"error": text}
    return JsonResponse(words, status=status)
