"""Re-authentication: before the dangerous, a person shows once more that it is them.

A sign-in counts for `FRESH`; after that `require_recent` asks. A page is led to the question and
back; htmx and fetch are told its address in a header, and static/src/lib/reauth.ts asks there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from staff.impersonation import impersonator, refuse_impersonation
from svod.base.htmx import is_htmx

FRESH = timedelta(minutes=15)
KEY = "svod_confirmed_at"
HEADER = "Svod-Reauthenticate"
View = Callable[..., HttpResponseBase]


def mark(request: HttpRequest) -> None:
    """The person has just shown who they are."""
    request.session[KEY] = timezone.now().timestamp()


def recently(request: HttpRequest) -> bool:
    """Did the person show who they are within FRESH? Never while looking as somebody else."""
    if impersonator(request) is not None or not request.user.is_authenticated:
        return False
    confirmed = request.session.get(KEY, 0)
    return 0 <= timezone.now().timestamp() - confirmed <= FRESH.total_seconds()


def require_recent(view: View) -> View:
    """A view that only those get to who re-authenticated lately; stands below `login_required`.

    Forbidden while looking as somebody else: their password and secrets are theirs alone.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refuse_impersonation(request)
        return view(request, *args, **kwargs) if recently(request) else ask(request)

    return guarded


def ask(request: HttpRequest) -> HttpResponse:
    """The step up: a redirect for a page, 401 with the question's address for a script."""
    address = reverse("reauthenticate")
    if is_script(request):
        return HttpResponse(status=401, headers={HEADER: address})
    return redirect(f"{address}?{urlencode({'next': way_back(request)})}")


def is_script(request: HttpRequest) -> bool:
    """htmx or fetch asked, so the answer does not become the page: browsers ask for HTML."""
    accept = request.headers.get("Accept", "")
    return is_htmx(request) or bool(accept and "text/html" not in accept)


def way_back(request: HttpRequest) -> str:
    """Where to go on: the page itself, or for a form the page it stood on."""
    if request.method == "GET":
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    if not is_local(request, page):
        return "/"
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def is_local(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


@receiver(user_logged_in, dispatch_uid="staff.reauth")
def mark_sign_in(request: HttpRequest, **kwargs: Any) -> None:
    """Signing in is showing who one is."""
    mark(request)
