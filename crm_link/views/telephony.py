"""Where exchanges tell of calls, and the page of their settings."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.models import Telephony
from crm_link.services.calls import log_call
from crm_link.services.telephony import (
    caller,
    change_telephony,
    close_telephony,
    new_token,
    telephony,
)
from crm_link.settings_pages import settings_tabs
from crm_link.telephony import parse_call
from crm_link.telephony_form import TelephonyForm
from svod.base.errors import DomainError, Forbidden, Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest, portal_url
from svod.base.limits import TooOften

MAX_BODY = 32 * 1024


@csrf_exempt
def telephony_calls(request: HttpRequest) -> HttpResponse:
    """`{"id": …}` of a call in, `{"call": 5, "element": 12}` out; every refusal is a plain 4xx."""
    if request.method != "POST":
        return told("post_only", HTTPStatus.METHOD_NOT_ALLOWED)
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    try:
        row = caller(token.strip() if scheme.lower() == "bearer" else "")
    except TooOften as error:
        return told(error.code, HTTPStatus.TOO_MANY_REQUESTS)
    except Forbidden:
        response = told("unauthorized", HTTPStatus.UNAUTHORIZED)
        response["WWW-Authenticate"] = "Bearer"
        return response
    return logged(request, row)


def logged(request: HttpRequest, row: Telephony) -> HttpResponse:
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY:
        return told("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        call = log_call(parse_call(body(request)), row)
    except Invalid as error:
        return told("invalid", HTTPStatus.UNPROCESSABLE_ENTITY, errors=error.errors)
    except DomainError as error:
        return told(error.code, HTTPStatus.CONFLICT, message=str(error))
    except (ValueError, RecursionError):
        return told("bad_body", HTTPStatus.BAD_REQUEST)
    return told("", HTTPStatus.OK, call=call.pk, element=call.element_id)


def body(request: HttpRequest) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object."""
    given = json.loads(request.body or b"{}")
    if not isinstance(given, dict):
        raise ValueError("not an object")
    return given


def told(error: str, status: HTTPStatus, **more: Any) -> HttpResponse:
    response = JsonResponse({"error": error, **more} if error else more, status=status)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def telephony_settings(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    row = telephony()
    form = TelephonyForm(row, request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change_telephony(form.values, form.numbers, owner=form.owner, actor=request.user)
            toast(request, _("Saved."))
            return go_to(request, "crm_telephony")
        except Invalid as error:
            form.add_domain_errors(error)
    return page(request, form, {})


@login_required
@require_POST
def telephony_token(request: PortalRequest) -> HttpResponse:
    """A new token, shown this once; or with `close` none."""
    if "close" in request.POST:
        close_telephony(actor=request.user)
        toast(request, _("No exchange is listened to any more."))
        return go_to(request, "crm_telephony")
    token = new_token(actor=request.user)
    return page(request, TelephonyForm(telephony(), request.user), {"token": token})


def page(request: PortalRequest, form: TelephonyForm, more: dict[str, Any]) -> HttpResponse:
    row = telephony()
    context = {
        "form": form,
        "is_open": bool(row.token_hash),
        "owner": row.owner,
        "address": portal_url(request) + reverse("telephony_calls"),
        "settings_tabs": settings_tabs("telephony"),
        **more,
    }
    status = 422 if form.errors else 200
    return render_page(request, "crm/settings/telephony.html", context, status=status)
