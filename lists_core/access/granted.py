"""Reading what was granted: the stored object permissions, as rights of one person.

Codenames are `<right>_<model>`, as Django names its own (`view_list`, `run_section`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Model

from lists_core.access.rights import Right
from lists_core.models import (
    DiskFile,
    DiskFileGroupRight,
    DiskFileUserRight,
    DiskFolder,
    DiskFolderGroupRight,
    DiskFolderUserRight,
    DiskRoot,
    DiskRootGroupRight,
    DiskRootUserRight,
    Element,
    ElementGroupRight,
    ElementUserRight,
    Field,
    FieldGroupRight,
    FieldUserRight,
    List,
    ListGroupRight,
    ListUserRight,
    Section,
    SectionGroupRight,
    SectionUserRight,
)
from staff.subjects import AUTHOR_GROUP, EVERYONE_GROUP, author_group, everyone_group
from svod.base import lookups  # noqa: F401  registers itself

if TYPE_CHECKING:
    from collections.abc import Iterator

    from staff.models import Employee

#: What rights hang on → the rows of people, the rows of groups.
STORES: Mapping[type[Model], tuple[Any, Any]] = {
    List: (ListUserRight, ListGroupRight),
    Section: (SectionUserRight, SectionGroupRight),
    Element: (ElementUserRight, ElementGroupRight),
    Field: (FieldUserRight, FieldGroupRight),
    DiskRoot: (DiskRootUserRight, DiskRootGroupRight),
    DiskFolder: (DiskFolderUserRight, DiskFolderGroupRight),
    DiskFile: (DiskFileUserRight, DiskFileGroupRight),
}

WHO = """
    SELECT id, name FROM {groups} WHERE name = ANY(%s)
    UNION SELECT own.id, own.name FROM {members} m JOIN {groups} own ON own.id = m.group_id
    WHERE m.{person} = %s
"""
GRANTED = """
    SELECT own.content_object_id, said.codename, 0 FROM {users} own {joins}
    WHERE {place} AND own.user_id = %(user)s
    UNION ALL
    SELECT own.content_object_id, said.codename, own.group_id FROM {groups} own {joins}
    WHERE {place} AND own.group_id = ANY(%(groups)s::bigint[])
"""


@dataclass(frozen=True)
class Granted:
    """Rights as they were granted: to the person themselves, and to the author of an element."""

    own: frozenset[Right] = frozenset()
    author: frozenset[Right] = frozenset()


@dataclass(frozen=True)
class Who:
    """Whom a person counts as: their groups (all employees' among them) and the author's group."""

    id: int
    groups: tuple[int, ...]
    author: int

    @property
    def readers(self) -> list[int]:
        """As `readers` of a list's table spells them: the id, and group ids as negatives."""
        return [self.id, *(-group for group in self.groups)]


@dataclass
class Memory:
    """What one request has read of rights already. It lives no longer than the request."""

    who: dict[int, Who] = field(default_factory=dict)
    rights: dict[tuple[int, int], Any] = field(default_factory=dict)
    fields: dict[tuple[int, int], Any] = field(default_factory=dict)
    #: What grantors of upper apps keep, by keys of their own.
    more: dict[tuple[str, int], Any] = field(default_factory=dict)


_memory: ContextVar[Memory | None] = ContextVar("rights_of_this_request", default=None)


def memory() -> Memory:
    """This request's memory; outside a request an empty one that nobody keeps."""
    return _memory.get() or Memory()


@contextmanager
def remembering() -> Iterator[None]:
    """Keep what is read of rights until the end: for one request or one reading of many lists,
    never for a job or a stream. Inside another one it changes nothing."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set(Memory())
    try:
        yield
    finally:
        _memory.reset(token)


def forget() -> None:
    """Read rights anew from here on: they have been changed, or a write is about to check them."""
    if _memory.get() is not None:
        _memory.set(Memory())


def who(actor: Employee) -> Who:
    """The person's groups, by one query."""
    known = memory().who
    if actor.pk not in known:
        known[actor.pk] = _who(actor)
    return known[actor.pk]


def _who(actor: Employee) -> Who:
    with connection.cursor() as cursor:
        cursor.execute(_who_statement(), [[EVERYONE_GROUP, AUTHOR_GROUP], actor.pk])
        rows = dict(cursor.fetchall())
    names = {name: pk for pk, name in rows.items()}
    everyone = names.get(EVERYONE_GROUP) or everyone_group()
    author = names.get(AUTHOR_GROUP) or author_group()
    return Who(actor.pk, tuple({*rows, everyone} - {author}), author)


@cache
def _who_statement() -> str:
    """By hand, as `_statement` is; two halves, so that neither reads all groups."""
    field: Any = get_user_model()._meta.get_field("groups")
    person = field.m2m_column_name()
    return WHO.format(groups=Group._meta.db_table, members=field.m2m_db_table(), person=person)


def granted(model: type[Model], ids: Collection[int], person: Who) -> dict[int, Granted]:
    """Id of the object → what was granted on it to the person and to the author. One query."""
    return _granted(_statement(model, "own.content_object_id"), ids, person) if ids else {}


def granted_on_sections(list_ids: Collection[int], person: Who) -> dict[int, Granted]:
    """The same for all sections of these lists, without naming thousands of them."""
    return _granted(_statement(Section, "place.list_id"), list_ids, person)


def granted_anywhere(model: type[Model], person: Who) -> dict[int, Granted]:
    """The same for everything of this kind on which anything was granted to them."""
    return _granted(_statement(model), (), person)


@cache
def _statement(model: type[Model], column: str = "") -> str:
    """By hand: every request asks this, and to put it together took longer than to answer it."""
    users, groups = STORES[model]
    things, permissions = model._meta.db_table, Permission._meta.db_table
    joins = f"JOIN {permissions} said ON said.id = own.permission_id"
    if column.startswith("place."):
        joins += f" JOIN {things} place ON place.id = own.content_object_id"
    tables = {"users": users._meta.db_table, "groups": groups._meta.db_table}
    place = f"{column} = ANY(%(ids)s::bigint[])" if column else "true"
    return GRANTED.format(**tables, joins=joins, place=place)


def _granted(statement: str, ids: Collection[int], person: Who) -> dict[int, Granted]:
    groups = [*person.groups, person.author]
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": list(ids), "user": person.id, "groups": groups})
        return _gathered(cursor.fetchall(), person.author)


def _gathered(rows: Iterable[tuple[int, str, int]], author: int) -> dict[int, Granted]:
    own: dict[int, set[Right]] = defaultdict(set)
    authors: dict[int, set[Right]] = defaultdict(set)
    for pk, codename, group in rows:
        (authors if group == author else own)[pk].add(right_of(codename))
    return {
        pk: Granted(frozenset(own.get(pk, ())), frozenset(authors.get(pk, ())))
        for pk in own.keys() | authors.keys()
    }


def right_of(codename: str) -> Right:
    return Right(codename.split("_", 1)[0])


def codenames(model: type[Model], rights: Iterable[Right]) -> list[str]:
    return [f"{right.value}_{model._meta.model_name}" for right in rights]
