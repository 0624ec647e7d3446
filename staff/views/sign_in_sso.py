"""The way to the other side's sign-in page and back: see staff.oidc."""

from __future__ import annotations

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from staff import oidc, reauth, sign_in_sessions
from staff.impersonation import refuse_impersonation


@login_not_required
@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the other side. Who is signed in is asked there anew."""
    require_sso()
    refuse_impersonation(request)
    wanted = request.GET.get("next", "")
    target = wanted if reauth.is_local(request, wanted) else "/"
    provider = get_adapter(request).get_provider(request, provider=oidc.PROVIDER)
    sign_in_sessions.brief(request)
    params = {"prompt": "login"} if request.user.is_authenticated else {}
    try:
        return provider.redirect(request, AuthProcess.LOGIN, next_url=target, auth_params=params)
    except ImmediateHttpResponse as answer:
        return answer.response
    except (RequestException, KeyError, ValueError):
        return failed(request)


@login_not_required
@never_cache
@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The other side sends the browser back here with a code, which allauth exchanges."""
    require_sso()
    if provider_id != oidc.PROVIDER:
        raise Http404
    refuse_impersonation(request)
    view = OAuth2CallbackView.adapter_view(oidc.Protocol(request, provider_id))
    try:
        return view(request)
    except (RequestException, KeyError, ValueError):
        return failed(request)


def failed(request: HttpRequest) -> HttpResponse:
    """The other side is away or answers nonsense."""
    return oidc.failed(request)


def require_sso() -> None:
    if not settings.OIDC_NAME:
        raise Http404
