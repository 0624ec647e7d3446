"""A list full of canaries, for the attacks: what a reader may not see contains CANARY."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from lists_core.access import ROLES, Right
from lists_core.models import Job, List, Section
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from lists_core.services.rights import (
    set_element_rights,
    set_field_rights,
    set_list_rights,
    set_section_rights,
)
from lists_core.services.sections import create_section
from staff.models import Employee
from staff.services.groups import sync_groups
from staff.subjects import Subject

CANARY = "КАНАРЕЙКА"
VIEW, EDIT, FULL = (ROLES[slug][1] for slug in ("view", "edit", "full"))


class World:
    """`root` administers. `reader` views the list and edits in the section "Свой"; they see
    neither the element `hidden`, nor what is in the section `closed`, nor the field HIDDEN."""

    def __init__(self) -> None:
        self.root = Employee.objects.create_superuser("root", "root@svod.example", "x")
        self.reader = person("reader")
        self.outsider = person("outsider")
        sync_groups()
        self.list = create_list(actor=self.root, name="Договоры", has_sections=True)
        self.note = self.field("string", "NOTE")
        self.secret = self.field("string", "HIDDEN", name=f"Поле {CANARY}")
        self.mine = self.section("Свой")
        self.closed = self.section(f"Закрытый {CANARY}")
        self.grant(self.reader, VIEW)
        self.grant_section(self.mine, self.reader, EDIT)
        self.grant_section(self.closed, None, VIEW, restricted=True)
        self.hide_field()
        self.shown = self.add("Ель", NOTE="хвоя", HIDDEN=f"{CANARY} 1")
        self.own = self.add("Сосна", self.mine.pk, NOTE="шишка", HIDDEN=f"{CANARY} 2")
        self.hidden = self.add(f"Тайна {CANARY}", NOTE=f"{CANARY} 3")
        self.restrict(self.hidden)
        self.below = self.add(f"Внутри {CANARY}", self.closed.pk)

    def field(self, kind: str, code: str, list_: List | None = None, **given: Any) -> Any:
        list_ = list_ or self.list
        field = create_field(
            list_.pk, kind, actor=self.root, code=code, **{"name": code.title(), **given}
        )
        list_.refresh_from_db()
        return field

    def section(self, name: str) -> Section:
        return create_section(self.list.pk, actor=self.root, name=name, parent_id=None)

    def add(self, name: str, section: int | None = None, **values: Any) -> Any:
        given = {"NAME": name, **values}
        return create_element(self.list.pk, given, actor=self.root, section_id=section)

    def grant(self, who: Employee, rights: Any, list_: List | None = None) -> None:
        grants = {Subject("U", who.pk): rights} if rights else {}
        set_list_rights((list_ or self.list).pk, grants, actor=self.root)

    def grant_section(
        self, section: Section, who: Employee | None, rights: Any, *, restricted: bool = False
    ) -> None:
        grants = {Subject("U", who.pk): rights} if who else {}
        set_section_rights(self.list.pk, section.pk, grants, restricted=restricted, actor=self.root)

    def restrict(self, row: Any, who: Employee | None = None, rights: Any = VIEW) -> None:
        grants = {Subject("U", who.pk): rights} if who else {}
        set_element_rights(self.list.pk, row.pk, grants, restricted=True, actor=self.root)

    def hide_field(self, *readers: Subject, field: Any = None, hidden: bool = True) -> None:
        set_field_rights(
            self.list.pk,
            (field or self.secret).pk,
            dict.fromkeys(readers, frozenset({Right.VIEW})),
            view_restricted=hidden,
            change_restricted=False,
            actor=self.root,
        )
        self.list.refresh_from_db()

    def lock_field(self, field: Any) -> None:
        """Everybody reads it, nobody but who has full access changes it."""
        marks = {"view_restricted": False, "change_restricted": True}
        set_field_rights(self.list.pk, field.pk, {}, **marks, actor=self.root)
        self.list.refresh_from_db()

    def row(self, row: Any) -> Any:
        return schema_of(self.list).model.objects.get(pk=row.pk)

    def url(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.list.pk, *args])


def person(name: str, **more: Any) -> Employee:
    return Employee.objects.create_user(name, f"{name}@svod.example", "x", last_name=name, **more)


def browser(who: Employee) -> Client:
    client = Client()
    client.force_login(who)
    return client


def said(response: Any) -> str:
    """Everything that an answer tells: its headers and its body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{response.headers}\n{body.decode(errors='replace')}"


def ran(job: Job) -> Job:
    run_job(job.pk)
    job.refresh_from_db()
    return job
