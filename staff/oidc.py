"""Single sign-on by OpenID Connect: the other side proves an e-mail, we know the employee.

django-allauth speaks the protocol (state, PKCE, the exchange of the code, the signed ID token).
Nothing of it is stored: a person is found by the verified e-mail at every sign-in.
"""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from staff import reauth
from staff.mfa_entry import first_step
from staff.models import Employee
from staff.services import audit, employees

PROVIDER = "oidc"


class Protocol(OpenIDConnectOAuth2Adapter):
    """allauth's, which also checks the ID token's signature when it came over TLS."""

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


class Adapter(DefaultSocialAccountAdapter):
    """Takes over where allauth would begin to store accounts of its own."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = proven(sociallogin.account.extra_data)
        person = employee_of(claims)
        if person is None:
            raise ImmediateHttpResponse(unknown(request, claims))
        wanted = sociallogin.state.get("next") or ""
        target = wanted if reauth.is_local(request, wanted) else "/"
        raise ImmediateHttpResponse(first_step(request, person, target, way="oidc"))

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(failed(request))


def proven(data: dict[str, Any]) -> dict[str, Any]:
    """What the ID token says, and what the user info adds when it speaks of the same person."""
    token, info = data.get("id_token") or {}, data.get("userinfo") or {}
    if not token.get("sub") or (info and info.get("sub") != token["sub"]):
        return {}
    return {**info, **token}


def employee_of(claims: dict[str, Any]) -> Employee | None:
    """The active employee with this verified e-mail; a new one where OIDC_CREATE allows it."""
    email = str(claims.get("email") or "").strip().lower()
    if not email or "\0" in email or claims.get("email_verified") not in (True, "true"):
        return None
    person = Employee.objects.filter(email__iexact=email).first()
    if person is None and settings.OIDC_CREATE:
        return create(email, claims)
    return person if person and person.is_active else None


def create(email: str, claims: dict[str, Any]) -> Employee:
    """An employee with the names the other side knows, without any right or password."""
    values = {
        "username": "",
        "email": email,
        "last_name": str(claims.get("family_name") or "")[:150],
        "first_name": str(claims.get("given_name") or claims.get("name") or email)[:150],
    }
    return employees.create_employee(values, actor=None)


def failed(request: HttpRequest) -> HttpResponse:
    """The other side refused, is away or answered nonsense."""
    return render(request, "staff/sign_in_sso_failed.html", status=400)


def unknown(request: HttpRequest, claims: dict[str, Any]) -> HttpResponse:
    email = str(claims.get("email") or "")
    audit.record("sign_in.unknown", actor=None, about={"email": email[:254]})
    return render(request, "staff/sign_in_sso_unknown.html", {"email": email}, status=403)
