"""Signing in and out, and passwords. Django's views do the work; the words are ours."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView

from staff import sign_in_sessions
from staff.forms import PasswordResetForm, SignInForm
from staff.impersonation import impersonator, themselves_only
from staff.lockout import minutes_left, one_at_a_time, words
from staff.mfa_entry import first_step
from staff.models import Employee
from staff.services import audit, passwords
from staff.tokens import password_tokens
from svod.base.htmx import toast


class RefusedForms(FormView):
    """A form with errors comes back with status 422 and what was typed."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@method_decorator(login_not_required, name="dispatch")
class SignIn(RefusedForms, auth_views.LoginView):
    """LoginView starts a new session and leads only to addresses of this host."""

    template_name = "staff/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with one_at_a_time(request):
            return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        return first_step(self.request, form.get_user(), self.get_success_url(), way="password")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sso_name": settings.OIDC_NAME}


def locked_out(request: HttpRequest, original: Any = None, credentials: Any = None) -> HttpResponse:
    """What axes answers after too many failures: the sign-in page with the time to wait."""
    minutes = minutes_left(request)
    form = SignInForm(request, initial={"username": request.POST.get("username", "")})
    response = render(
        request,
        "staff/sign_in.html",
        {"form": form, "locked": words(minutes), "sso_name": settings.OIDC_NAME},
        status=429,
    )
    response["Retry-After"] = str(minutes * 60)
    return response


class SignOut(auth_views.LogoutView):
    """POST only, so that a foreign page cannot sign anybody out by a picture. What scripts kept
    in the browser, unsent answers of chats among it, goes with the session."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = impersonator(request) or request.user
        if isinstance(person, Employee):
            audit.record("sign_out.done", actor=person, subject=f"employee:{person.pk}")
        response = super().post(request, *args, **kwargs)
        if request.is_secure():  # browsers listen to it there alone
            response["Clear-Site-Data"] = '"storage"'
        return response


def portal_address(request: HttpRequest) -> str:
    """Where links in letters lead: PORTAL_URL, or the host that the browser used."""
    return settings.PORTAL_URL or request.build_absolute_uri("/")


@method_decorator(login_not_required, name="dispatch")
class PasswordReset(RefusedForms):
    template_name = "staff/password_reset.html"
    form_class = PasswordResetForm
    success_url = reverse_lazy("password_reset_sent")

    def form_valid(self, form: Any) -> HttpResponse:
        passwords.request_reset(form.cleaned_data["email"], portal=portal_address(self.request))
        return super().form_valid(form)


@login_not_required
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    """The same words whether the address is known or not."""
    return render(request, "staff/password_reset_sent.html")


@method_decorator(login_not_required, name="dispatch")
class PasswordSet(RefusedForms, auth_views.PasswordResetConfirmView):
    """The page behind a link from a letter; the token leaves the address bar at once."""

    template_name = "staff/password_set.html"
    token_generator = password_tokens
    success_url = reverse_lazy("sign_in")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        passwords.record_new_password(form.user, actor=form.user)
        toast(self.request, _("The password is set. Sign in with it."))
        return response


@method_decorator([login_required, themselves_only], name="dispatch")
class PasswordChange(RefusedForms, auth_views.PasswordChangeView):
    """Asks for the old password; every other session of the person ends."""

    template_name = "staff/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("profile")

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        passwords.record_new_password(form.user, actor=form.user)
        # Signs this browser in anew under the new password, as super() would, and says so.
        sign_in_sessions.keep(self.request, form.user)
        toast(self.request, _("The password is changed. Other devices are signed out."))
        return redirect(self.get_success_url())
