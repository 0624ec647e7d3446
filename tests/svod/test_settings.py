"""What the environment makes of the settings, asked in a process of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ASK = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name, None) for name in %r}, default=str))
"""
PRODUCTION = {
    "SVOD_ENV": "production",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "svod.example,www.svod.example",
    "DATABASE_URL": "postgres://svod@db/svod",
    "REDIS_URL": "redis://:secret@redis:6379/0",
    "SVOD_SECRET_KEYS": "k1:" + "A" * 43 + "=",
}


@pytest.fixture
def setting(python):
    def ask(*names, **environment):
        environment.setdefault("DJANGO_SETTINGS_MODULE", "svod.settings")
        child = python("-c", ASK % (names,), **environment)
        text = child.communicate(timeout=180)[0]
        assert child.returncode == 0, text
        values = json.loads(text.splitlines()[-1])
        return values[names[0]] if len(names) == 1 else [values[name] for name in names]

    return ask


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "SVOD_SECRET_KEYS"])
def test_production_names_what_it_lacks(python, missing):
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    child = python("manage.py", "check", **given)
    assert missing in child.communicate(timeout=180)[0]
    assert child.returncode != 0


def test_production_is_clean(python):
    child = python("manage.py", "check", "--deploy", "--fail-level", "DEBUG", **PRODUCTION)
    text = child.communicate(timeout=180)[0]
    assert child.returncode == 0, text
    assert "no issues (0 silenced)" in text


def test_production_cookies(setting):
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE"]
    names += ["CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"]
    assert setting(*names, **PRODUCTION) == [
        "__Host-session",
        "__Host-csrf",
        *[True, True, True, "Lax"],
    ]
    assert setting("SECURE_HSTS_SECONDS", **PRODUCTION) == 31536000


def test_a_proxy_is_believed_only_when_told(setting):
    assert setting("SECURE_PROXY_SSL_HEADER", **PRODUCTION) is None
    header = setting("SECURE_PROXY_SSL_HEADER", **PRODUCTION, BEHIND_HTTPS_PROXY="true")
    assert header == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_development_needs_nothing_and_works_over_http(setting, clean_environment):
    names = ["DEBUG", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "ALLOWED_HOSTS"]
    assert setting(*names) == [False, False, False, [".localhost", "127.0.0.1", "[::1]"]]
    first, second = setting("SECRET_KEY"), setting("SECRET_KEY")
    assert first == second
    assert len(first) > 60


def test_a_pool_for_the_web_and_plain_connections_for_the_rest(setting):
    web = setting("DATABASES", SVOD_ROLE="web")["default"]["OPTIONS"]
    assert web["pool"]["max_size"] == 20
    assert "statement_timeout" in web["options"]
    assert "pool" not in setting("DATABASES", SVOD_ROLE="worker")["default"]["OPTIONS"]


def test_addresses_of_sockets(setting):
    url = "postgres://postgres@%2Ftmp%2Fsome%20where/name"
    database = setting("DATABASES", DATABASE_URL=url)["default"]
    assert (database["HOST"], database["NAME"]) == ("/tmp/some where", "name")
    broker = setting("CELERY_BROKER_URL", REDIS_URL="unix:///tmp/redis.sock")
    assert broker == "redis+socket:///tmp/redis.sock"


def test_tasks_carry_json_and_survive_their_worker(setting):
    names = ["CELERY_TASK_SERIALIZER", "CELERY_ACCEPT_CONTENT", "CELERY_TASK_ACKS_LATE"]
    assert setting(*names) == ["json", ["json"], True]
    limits = setting("CELERY_TASK_SOFT_TIME_LIMIT", "CELERY_TASK_TIME_LIMIT")
    assert 0 < limits[0] < limits[1] < 3600  # Redis gives an unanswered message out again then


def test_the_readme_names_every_variable():
    """But those of tests and of who works on the code."""
    root = Path(__file__).resolve().parents[2]
    settings = (root / "svod/settings.py").read_text()
    asked = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', settings))
    told = set(re.findall(r"`([A-Z_]+)[`=]", (root / "README.md").read_text()))
    assert len(asked) > 30
    assert not asked - told - {"DEBUG", "LIVE_REDIS_URL", "TEST_DATABASE_NAME"}
