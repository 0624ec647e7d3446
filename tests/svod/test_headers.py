"""The headers that every answer carries."""

from __future__ import annotations

import pytest
from csp.constants import SELF
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from svod.headers import HeadersMiddleware, frameable

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


@pytest.fixture(params=["/admin/login/", "/no/such/page"])
def response(request, client, db):
    return client.get(request.param)


@pytest.mark.parametrize("name", EXPECTED)
def test_header(response, name):
    assert response[name] == EXPECTED[name]


def test_policy_is_exactly_this(response):
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY


def test_permissions_are_refused(response):
    assert "camera=()" in response["Permissions-Policy"]


def test_request_id_is_new_each_time_and_never_the_senders(client, db):
    ids = {client.get("/x", headers={"x-request-id": "evil"})["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert "evil" not in ids


def test_signed_in_pages_are_not_stored(client, admin_client):
    assert "no-store" in admin_client.get("/admin/")["Cache-Control"]
    assert "no-store" not in client.get("/no/such/page").get("Cache-Control", "")


def passed(view, **headers):
    request = RequestFactory().get("/", headers=headers)
    request.COOKIES = {settings.SESSION_COOKIE_NAME: "x"}
    return HeadersMiddleware(view)(request)


def test_a_view_may_decide_on_caching_itself():
    def immutable(request):
        return HttpResponse(headers={"Cache-Control": "private, max-age=3600"})

    assert passed(immutable)["Cache-Control"] == "private, max-age=3600"
    assert passed(lambda request: HttpResponse())["Cache-Control"] == "private, no-store"


def test_a_preview_may_be_framed_by_the_portal_alone():
    response = frameable(lambda request: HttpResponse())(RequestFactory().get("/"))
    assert response._csp_replace == {"frame-ancestors": [SELF]}
    assert response["X-Frame-Options"] == "SAMEORIGIN"
