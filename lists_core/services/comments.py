"""Writing comments, and telling those whom they concern."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lists_core.access import Right, forget
from lists_core.element_tabs import Target, open_target
from lists_core.models import Comment
from lists_core.selectors.audience import audience
from lists_core.selectors.comments import comments_of, own_comment
from lists_core.services.watching import tell_watchers
from staff.models import Employee
from staff.services.notifications import notify
from svod.base.errors import Invalid
from svod.base.live import publish

MAX_TEXT = 10_000
QUOTED = 300


def add_comment(
    list_id: int,
    element_id: int,
    text: str,
    *,
    actor: Employee,
    mentions: Collection[int] = (),
) -> Comment:
    """Say something about an element that the actor sees.

    `mentions` are employees' ids; who may not see the element is neither kept nor told.
    Raises NotFound, Invalid.
    """
    with transaction.atomic():
        forget()
        target = open_target(actor, Right.VIEW, list_id, element_id)
        words = clean(text)
        people = _mentioned(target, words, mentions)
        before = _participants(target)
        comment = Comment.objects.create(
            element_id=target.id, author=actor, text=words, mentions=sorted(people)
        )
        _tell(target, comment, people, before)
    tell_watchers(list_id)
    return comment


def edit_comment(
    list_id: int,
    element_id: int,
    comment_id: int,
    text: str,
    *,
    actor: Employee,
    mentions: Collection[int] = (),
) -> Comment:
    """Change one's own words; whoever is mentioned for the first time is told.

    Raises NotFound, Forbidden, Invalid.
    """
    with transaction.atomic():
        forget()
        target, comment = own_comment(actor, list_id, element_id, comment_id)
        words = clean(text)
        people = _mentioned(target, words, {*mentions, *comment.mentions})
        new = people.keys() - set(comment.mentions)
        comment.text, comment.mentions, comment.edited_at = words, sorted(people), timezone.now()
        comment.save(update_fields=["text", "mentions", "edited_at"])
        _tell(target, comment, {pk: people[pk] for pk in new}, frozenset())
    return comment


def delete_comment(list_id: int, element_id: int, comment_id: int, *, actor: Employee) -> None:
    """Take one's own comment away. Raises NotFound, Forbidden."""
    with transaction.atomic():
        forget()
        target, comment = own_comment(actor, list_id, element_id, comment_id)
        Comment.objects.filter(pk=comment.pk).update(deleted_at=timezone.now())
        _publish(target, _participants(target) | set(comment.mentions))


def clean(text: str) -> str:
    """The words as they are kept. Raises Invalid."""
    words = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not words:
        raise Invalid({"text": [_("Write something.")]})
    if len(words) > MAX_TEXT:
        raise Invalid({"text": [_("The comment is too long.")]})
    return words


def _mentioned(target: Target, text: str, ids: Collection[int]) -> dict[int, Employee]:
    """Those of the named people who stand in the text and may see the element."""
    if not ids:
        return {}
    readers = audience(target.list, target.row, actor=target.actor).filter(pk__in=set(ids))
    return {person.pk: person for person in readers if f"@{person}" in text}


def _participants(target: Target) -> frozenset[int]:
    """Whoever made the element, said something about it or was mentioned there."""
    rows = comments_of(target).values_list("author_id", "mentions")
    said = {pk for author, mentions in rows for pk in (author, *mentions)}
    return frozenset(pk for pk in {*said, target.row.created_by} if pk)


def _tell(
    target: Target, comment: Comment, mentioned: dict[int, Employee], before: frozenset[int]
) -> None:
    """News to those mentioned, and to those who took part before, as far as they see it."""
    others = before - mentioned.keys() - {target.actor.pk}
    readers = audience(target.list, target.row, actor=target.actor).filter(pk__in=others)
    people = list(readers) if others else []
    words = {"author": str(target.actor), "name": str(target.row.name)}
    news = [
        ("mention", _("{author} mentioned you: {name}"), mentioned.values()),
        ("comment", _("{author} commented: {name}"), people),
    ]
    page = reverse("element_comments", args=[target.list.pk, target.id])
    for kind, text, employees in news:
        notify(
            employees,
            kind,
            format_lazy(text, **words),
            url=f"{page}#comment-{comment.pk}",
            body=comment.text[:QUOTED],
            actor=target.actor,
            key=f"comment:{comment.pk}",
        )
    _publish(target, {*mentioned, *(one.pk for one in people), target.actor.pk})


def _publish(target: Target, ids: Collection[int]) -> None:
    """Those who look at the element's comments now see them change."""
    publish(ids, "comment", {"list": target.list.pk, "element": target.id})
