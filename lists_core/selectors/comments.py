"""Reading comments: through the element, which the reader must see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from lists_core.access import Right
from lists_core.element_tabs import Target, open_target
from lists_core.models import Comment
from lists_core.selectors.audience import audience
from staff.models import Employee
from staff.selectors import search_employees
from svod.base.errors import Forbidden, NotFound

SUGGESTED = 8
SHOWN = 50


@dataclass(frozen=True)
class Said:
    """A comment ready to be drawn; `own` may be edited and deleted by the reader."""

    row: Comment
    html: SafeString
    own: bool


def comments_of(target: Target) -> QuerySet[Comment]:
    """The comments on an element that the actor sees, the oldest first."""
    return Comment.objects.filter(element=target.id, deleted_at=None).select_related("author")


def comment_count(target: Target) -> int | None:
    """How many there are; None for none, which shows no number beside the tab."""
    return comments_of(target).count() or None


def conversation(target: Target, *, before: int = 0) -> tuple[list[Said], bool]:
    """The last SHOWN comments (or those before a number), and whether there are older ones.
    Two queries."""
    rows = comments_of(target).order_by("-pk")
    rows = rows.filter(pk__lt=before) if before else rows
    found = list(rows[: SHOWN + 1])
    return drawn(target.actor, found[:SHOWN][::-1]), len(found) > SHOWN


def drawn(actor: Employee, rows: Sequence[Comment]) -> list[Said]:
    """Comments that the actor was found to see, ready to be shown. One query."""
    people = Employee.objects.in_bulk({pk for row in rows for pk in row.mentions})
    return [Said(row, _html(row, people), row.author_id == actor.pk) for row in rows]


def own_comment(
    actor: Employee, list_id: int, element_id: int, comment_id: int
) -> tuple[Target, Comment]:
    """A comment of the actor's own. Raises NotFound, Forbidden (somebody else's)."""
    target = open_target(actor, Right.VIEW, list_id, element_id)
    comment = comments_of(target).filter(pk=comment_id).first()
    if comment is None:
        raise NotFound
    if comment.author_id != actor.pk:
        raise Forbidden
    return target, comment


def suggest_people(target: Target, text: str) -> Sequence[Employee]:
    """Whom the actor may mention: people who see the element, by what was typed of a name."""
    readers = audience(target.list, target.row, actor=target.actor).exclude(pk=target.actor.pk)
    return list(search_employees(readers.select_related("department"), text[:100])[:SUGGESTED])


def _html(row: Comment, people: dict[int, Employee]) -> SafeString:
    """The text with its lines, and with links in the place of mentions."""
    links = {str(escape(f"@{one}")): _link(one) for pk in row.mentions if (one := people.get(pk))}
    text = str(escape(row.text)).replace("\n", "<br>")
    if links:
        names = sorted(links, key=len, reverse=True)
        text = re.sub("|".join(map(re.escape, names)), lambda found: links[found[0]], text)
    return SafeString(text)


def _link(person: Employee) -> str:
    url = person.get_absolute_url()
    return format_html('<a class="sv-mention" href="{}">@{}</a>', url, person)
