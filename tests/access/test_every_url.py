"""A-01: every address of the portal, from the resolver, refuses a stranger.

What is open to all stands in PUBLIC; a new address is closed here without being named.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

pytestmark = pytest.mark.django_db
PUBLIC = {
    "sign_in", "password_reset", "password_reset_sent", "password_set", "set_language",
    # Before the sign-in is complete; the last two are 404 without OIDC's settings.
    "hook",  # its token is the key (tests/workflows/test_hooks.py)
    "sign_in_second", "sign_in_passkey", "sign_in_sso", "openid_connect_callback",
    # Sites and exchanges (tests/crm_link/test_web_forms.py, test_telephony.py).
    "web_form_page", "web_form_json", "web_form_visit", "web_form_script", "telephony_calls",
    # The chat window of other people's sites (tests/openlines/test_window.py).
    "chat_window", "chat_window_script", "chat_window_messages", "chat_window_deed",
    "chat_window_live", "chat_window_file",
    # Other programs and Telegram, by a channel's token (tests/openlines/test_channel_*.py).
    "chat_hook", "chat_hook_file", "chat_telegram",
    "chat_vote",  # by a signed address (tests/openlines/test_channel_email.py)
    # Calendar programs come with a secret token instead of a session.
    "calendar_feed",
}  # fmt: skip
CLOSED_BY_METHOD = {"sign_out"}
SAMPLES = {
    "IntConverter": 1,
    "UUIDConverter": uuid.UUID(int=1),
    "StringConverter": "x",
    "KindConverter": "file",
    "CrmKindConverter": "deal",
    "DeedConverter": "read",
}


def patterns(resolver: Any) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from patterns(entry)
        else:
            yield entry


NAMED = {entry.name: entry for entry in patterns(get_resolver()) if entry.name}


def address(entry: URLPattern) -> str:
    converters = entry.pattern.converters
    return reverse(
        entry.name, kwargs={key: SAMPLES[type(kind).__name__] for key, kind in converters.items()}
    )


@pytest.mark.parametrize("name", sorted(set(NAMED) - PUBLIC))
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_sent_to_sign_in(client: Client, name: str, method: str) -> None:
    response = getattr(client, method)(address(NAMED[name]))
    sent = response.headers.get("Location", "").startswith(reverse("sign_in"))
    assert sent or (name in CLOSED_BY_METHOD and response.status_code == 405)


def test_the_resolver_was_walked() -> None:
    assert len(NAMED) > 60
    assert all(entry.name for entry in patterns(get_resolver()))


def test_the_admin_sends_strangers_to_the_portals_sign_in(client: Client) -> None:
    response = client.get(reverse("admin:index"), follow=True)
    assert response.request["PATH_INFO"] == reverse("sign_in")
