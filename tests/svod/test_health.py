"""/healthz and /readyz: what a balancer asks, by address and without a name."""

import pytest
import redis
from django.db import DatabaseError

from svod import health


@pytest.fixture(autouse=True)
def redis_answers(monkeypatch):
    monkeypatch.setattr(redis.Redis, "ping", lambda self: True)
    health.check_schema.cache_clear()


def test_alive_asks_nobody(client):
    response = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready(client):
    response = client.get("/readyz", headers={"host": "10.0.0.7"})
    assert (response.status_code, response.content) == (200, b"ready")


def no_database():
    raise DatabaseError("password authentication failed for user svod")


def no_redis():
    raise redis.ConnectionError("no route to 10.1.2.3")


def old_schema():
    raise health.NotReady("2 migrations are not applied")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("check", "failure"),
    [("check_database", no_database), ("check_redis", no_redis), ("check_database", old_schema)],
)
def test_not_ready_gives_no_reason_to_strangers(client, monkeypatch, check, failure):
    monkeypatch.setattr(health, check, failure)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready")


@pytest.mark.django_db
def test_waiting_migration_is_seen(monkeypatch):
    monkeypatch.setattr(
        health.MigrationExecutor, "migration_plan", lambda self, targets: ["staff.0001"]
    )
    with pytest.raises(health.NotReady, match="1 migrations"):
        health.check_database()
