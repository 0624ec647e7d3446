"""Log lines: JSON, with a request id, without secrets, not to be forged."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from django.test import RequestFactory
from django.urls import path, resolve

from svod import logs, urls
from svod.request_log import safe_path


@pytest.fixture
def lines():
    """What has been written since the last call, as objects; a non-JSON line is an error."""
    root = logging.getLogger()
    before, level, buffer = root.handlers[:], root.level, io.StringIO()
    logs.configure(level="INFO")
    root.handlers[0].setStream(buffer)

    def read():
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return [json.loads(line) for line in text.splitlines()]

    yield read
    root.handlers[:] = before
    root.setLevel(level)


def test_our_lines_and_the_librarys_are_json(lines):
    structlog.get_logger("ours").info("saved", element=7, title="Ёлка")
    logging.getLogger("theirs").warning("slow: %s ms", 12)
    ours, theirs = lines()
    assert (
        ours.items() >= {"event": "saved", "element": 7, "title": "Ёлка", "level": "info"}.items()
    )
    assert theirs["event"] == "slow: 12 ms"
    assert theirs["timestamp"].endswith("Z")


def test_a_line_cannot_be_forged(lines):
    evil = 'x\n{"level": "error", "event": "forged"}'
    structlog.get_logger().info(evil, name=evil)
    assert len(lines()) == 1


@pytest.mark.parametrize("name", ["password", "new_password1", "api_key", "Authorization", "TOKEN"])
def test_secrets_are_hidden_at_any_depth(lines, name):
    structlog.get_logger().info("event", **{name: "hunter2"}, data={"inner": {name: "hunter2"}})
    text = json.dumps(lines())
    assert "hunter2" not in text
    assert "***" in text


def test_request_line_has_its_id_and_no_query(client, lines, db):
    response = client.get("/no/such/page?search=private+words")
    (line,) = [entry for entry in lines() if entry["event"] == "request_finished"]
    assert line["request_id"] == response["X-Request-ID"]
    assert (line["request"], line["code"]) == ("GET /no/such/page", 404)


def fail(request):
    raise ZeroDivisionError("the secret ingredient")


handler500 = urls.handler500
urlpatterns = [path("fails/", fail), path("", fail, name="home")]


@pytest.mark.urls(__name__)
def test_failure_is_logged_once_and_the_page_gives_its_id(client, lines):
    client.raise_request_exception = False
    response = client.get("/fails/")
    failures = [entry for entry in lines() if "ZeroDivisionError" in entry.get("exception", "")]
    assert len(failures) == 1
    assert failures[0]["request_id"] == response["X-Request-ID"]
    page = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-ID"] in page
    assert "ingredient" not in page
    assert "Zero" not in page


def test_unknown_address_with_a_token_is_masked():
    request = RequestFactory().get("/rest/1/8d2f01aabbccddee8d2f01aa/crm.deal.list")
    request.resolver_match = None
    assert safe_path(request) == "/rest/1/***/crm.deal.list"


def test_known_address_hides_its_secret_arguments():
    request = RequestFactory().get("/reset/MTI/abc-def/")
    request.resolver_match = resolve("/admin/")
    request.resolver_match.kwargs = {"uidb64": "MTI", "token": "abc-def"}
    assert safe_path(request) == "/reset/***/***/"
