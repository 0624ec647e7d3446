"""The list's own predicate as a piece of SQL, for the statements of quick replies.

To build and to compile it takes longer than most of these statements run, so it is kept. It
follows from the person's rights, the schema and the line alone; those are read anew by every
request, and what was kept is used where they are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from lists_core.access import list_rights
from lists_core.access.profile import ListRights
from lists_core.schema.compile import Schema

if TYPE_CHECKING:
    from openlines.selectors.replies import Replies

CAPACITY = 1_000


@dataclass(frozen=True)
class Readable:
    """A condition over a list's table, ready for a statement."""

    table: str
    text: str
    given: Sequence[Any] = ()

    def within(self, sections: Sequence[int]) -> Readable:
        """The part of it in these sections."""
        text = f'({self.text}) AND "{self.table}".section = ANY(%s::bigint[])'
        return Readable(self.table, text, [*self.given, list(sections)])


@dataclass(frozen=True)
class Kept:
    """What was made of these rights and this schema; None where nothing can be seen by them."""

    rights: ListRights
    schema: Schema
    readable: Readable | None


_kept: dict[tuple[int, int, int], Kept] = {}
_lock = Lock()


def readable_of(replies: Replies) -> Readable:
    """What the person may read of the replies of this line. Raises EmptyResultSet where that
    can be nothing."""
    key = (replies.actor.pk, replies.list.pk, replies.line.pk)
    rights = list_rights(replies.actor, replies.list.pk)
    schema = replies.schema.whole or replies.schema
    known = _kept.get(key)
    if known is None or known.schema is not schema or known.rights != rights:
        known = Kept(rights, schema, _compiled(replies.rows()))
        _keep(key, known)
    if known.readable is None:
        raise EmptyResultSet
    return known.readable


def _compiled(rows: QuerySet[Any]) -> Readable | None:
    compiler = rows.query.get_compiler(rows.db)
    try:
        text, given = compiler.compile(rows.query.where)
    except EmptyResultSet:
        return None
    return Readable(rows.model._meta.db_table, text, given)


def _keep(key: tuple[int, int, int], made: Kept) -> None:
    with _lock:
        _kept.pop(key, None)
        if len(_kept) >= CAPACITY:
            _kept.pop(next(iter(_kept)))
        _kept[key] = made
