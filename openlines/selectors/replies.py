"""Finding quick replies for a chat.

Every reply comes through the list's own predicate: what the operator may not see is not found,
shown, suggested or counted. A field that they may not read does not exist here either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from lists_core.access import Right, list_rights, schema_for
from lists_core.models import List, Section
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import elements, rows_by_ids
from lists_core.selectors.lists import access_list
from lists_core.selectors.sections import sections_of, subtree_ids
from openlines.models import Line
from openlines.reply_fields import ReplyFields
from openlines.reply_words import switched
from openlines.selectors.reply_matches import Asked, answers, first_of_all, tier
from openlines.selectors.reply_readable import readable_of
from openlines.selectors.reply_slips import farness, nearly, otherwise
from openlines.selectors.reply_statement import Seen, found
from staff.models import Employee
from svod.base.errors import NotFound

SHOWN = 20
USED = """
    SELECT s.id FROM unnest(%s::bigint[]) AS s(id) WHERE EXISTS (
        SELECT 1 FROM "{table}" WHERE "{table}".section = s.id AND ({readable}) OFFSET 0
    )
"""


@dataclass(frozen=True)
class Replies:
    """The quick replies of a line as one person may read them. `schema` is theirs."""

    line: Line
    list: List
    schema: Schema
    fields: ReplyFields
    actor: Employee

    def rows(self) -> QuerySet[Any]:
        """Over the list's table: the readable ones for this line."""
        rows = elements(self.schema, self.actor)
        for_line = ReplyFields.of(schema_of(self.list)).lines
        if for_line:
            here = Q.create([(f"{for_line.main_column}__contains", [self.line.pk])])
            rows = rows.filter(Q.create([(f"{for_line.main_column}__isnull", True)]) | here)
        return rows

    def seen(self, section: int | None = None, *, language: str = "") -> Seen:
        """The same for a statement. Raises EmptyResultSet where the person can see none."""
        readable = readable_of(self)
        if section is not None:
            readable = readable.within(self._sections(section))
        return Seen(
            readable, self.list.pk, self.actor.pk, columns=self.fields.shown,
            by_code=self.fields.code is not None, languages=_languages(self.fields, language),
        )  # fmt: skip

    def _sections(self, section: int) -> Sequence[int]:
        """A category with those below it. Raises EmptyResultSet for one that is not known."""
        if not list_rights(self.actor, self.list.pk).knows(section):
            raise EmptyResultSet
        return subtree_ids(self.list.pk, section)


@dataclass(frozen=True)
class Reply:
    """A reply as it is shown: its files by id, the name of its category."""

    id: int
    name: str
    text: str
    code: str
    category: str
    files: Sequence[int]


def replies_for(line: Line, actor: Employee) -> Replies | None:
    """None where the line has no list, or the person sees nothing of it or of its texts."""
    try:
        list_ = access_list(actor, Right.VIEW, line.replies_id or 0)
    except NotFound:
        return None
    schema = schema_for(actor, list_)
    fields = ReplyFields.of(schema)
    return Replies(line, list_, schema, fields, actor) if fields.text else None


def categories_of(replies: Replies) -> list[Section]:
    """The top categories in which the person may see a reply of this line, in their order."""
    sections = list(sections_of(replies.list, replies.actor)) if replies.list.has_sections else []
    used = _used(replies, [one.pk for one in sections])
    tops = {top for one in sections if one.pk in used for top in one.tree_path[:1]}
    return [one for one in sections if one.pk in tops]


def _used(replies: Replies, sections: Sequence[int]) -> set[int]:
    """Those that hold a reply: in each the first is looked for, not all are read."""
    try:
        readable = replies.seen().readable
    except EmptyResultSet:
        return set()
    text = USED.format(table=readable.table, readable=readable.text)
    with connection.cursor() as cursor:
        cursor.execute(text, [list(sections), *readable.given])
        return {pk for (pk,) in cursor.fetchall()}


def search_replies(
    replies: Replies,
    words: str = "",
    *,
    section: int | None = None,
    language: str = "",
    limit: int = SHOWN,
) -> list[Reply]:
    """The replies that answer to what was typed after the slash, the likeliest first.

    By the beginning of the short code, by a part of it, by the words of the name, of the text;
    among equals those that the person used recently and often first. Where nothing answers, the
    words are read as typed in the other keyboard layout, and then as written nearly so: one
    statement that finds, else one that tells how else they may be meant, and one for each way.
    """
    try:
        seen = replies.seen(section, language=language)
    except EmptyResultSet:
        return []
    asked = Asked.of(words)
    rows = _found(seen, asked, limit) or _otherwise(seen, asked, Asked.of(switched(words)), limit)
    return [_reply(replies.fields, row, row.category or "") for row in rows]


def read_replies(replies: Replies, ids: Sequence[int]) -> list[Reply]:
    """The readable ones of these, in their order. Two queries."""
    rows = rows_by_ids(replies.schema, ids, actor=replies.actor)
    known = Section.objects.filter(pk__in={row.section for row in rows})
    names = dict(known.values_list("pk", "name"))
    return [_reply(replies.fields, row, names.get(row.section, "")) for row in rows]


def access_reply(replies: Replies | None, reply_id: int) -> Reply:
    """Raises NotFound for what the person may not read, or is no reply of this line."""
    ids = replies.rows().filter(pk=reply_id).values_list("pk", flat=True) if replies else []
    found = read_replies(replies, list(ids)) if replies else []
    if not found:
        raise NotFound
    return found[0]


def _found(seen: Seen, asked: Asked, limit: int) -> list[Any]:
    if not asked.words:
        return found(seen, first_of_all(seen), None, limit)
    return found(seen, answers(seen, asked), tier(seen, asked), limit)


def _otherwise(seen: Seen, asked: Asked, other: Asked, limit: int) -> list[Any]:
    told = otherwise(seen, asked, other)
    rows = _found(seen, other, limit) if told.switched else []
    if rows or not told.near:
        return rows
    return found(seen, nearly(seen, told.near), farness(told.near), limit)


def _languages(fields: ReplyFields, code: str) -> list[int]:
    """The options that stand for the customer's language."""
    options = fields.languages.field.options_by_id.values() if fields.languages and code else ()
    return [one.pk for one in options if one.code == code]


def _reply(fields: ReplyFields, row: Any, category: str) -> Reply:
    text = fields.text.read(row) if fields.text else ""
    code = fields.code.read(row) if fields.code else ""
    files = fields.files.read(row) if fields.files else ()
    return Reply(row.id, row.name, text or "", code or "", category, tuple(files or ()))
