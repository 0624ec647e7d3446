"""Quick replies, as if a line used each list of the world: what is found, suggested, offered."""

from __future__ import annotations

from unittest.mock import patch

from openlines.models import Line, ReplyText
from openlines.reply_fields import ROLES
from openlines.selectors.replies import (
    Replies,
    access_reply,
    categories_of,
    replies_for,
    search_replies,
)
from openlines.selectors.reply_suggestions import suggest_replies
from openlines.services.reply_texts import fill_words
from tests.access import oracle
from tests.access.adapters import outcome
from tests.access.look import Look
from tests.access.worlds import NOTE

#: A part of every name: as it is written, in the other layout, with a slip of the finger.
WORDS = ("canar", "сфтфк", "cannarry")
ALL = 1_000


def quick_replies(look: Look) -> None:
    """The text of a reply is the field NOTE. The words of a world are made once: who looks
    changes nothing."""
    with patch.dict(ROLES, {"text": ((NOTE,), "string")}):
        for list_ in look.world.lists:
            if not ReplyText.objects.filter(list=look.built.lists[list_]).exists():
                fill_words(look.built.schema(list_))
            _list(look, list_)


def _list(look: Look, list_: int) -> None:
    line = Line(pk=1, replies_id=look.built.lists[list_].pk)
    replies = replies_for(line, look.actor)
    known = look.sees_list(list_) and look.sees_field(look.fields_of(list_)[NOTE])
    look.same(f"list {list_} has replies", replies is not None, known)
    if replies is None or not known:
        return
    seen = look.seen(list_)
    for words in WORDS:
        found = {one.id for one in search_replies(replies, words, limit=ALL)}
        look.same(f"replies by {words}", look.built.numbers(found), seen)
    first = {one.id for one in search_replies(replies, limit=ALL)}
    look.same("replies by nothing", look.built.numbers(first) <= seen, True)
    look.same("number of replies by nothing", len(first), min(20, len(seen)))
    _suggested(look, replies, seen)
    _offered(look, list_, replies)


def _suggested(look: Look, replies: Replies, seen: set[int]) -> None:
    told = suggest_replies(replies, "Canary canaries?")
    look.same("suggestions", len(told), min(3, len(seen)))
    look.no_leaks("suggestions", " ".join(f"{one.name} {one.text} {one.category}" for one in told))


def _offered(look: Look, list_: int, replies: Replies) -> None:
    for key in look.of(list_):
        told = outcome(access_reply, replies, look.built.elements[key])
        look.same(f"reply {key}", told, "ok" if look.sees(key) else "NotFound")
    sections = {look.world.elements[key]["section"] for key in look.seen(list_)} - {None}
    known = [one for one in sections if oracle.sees_section(look.world, look.person, one)]
    tops = {[*oracle.above(look.world.sections, one)][-1] for one in known}
    names = {look.built.sections[one].name for one in tops}
    look.same("categories", {one.name for one in categories_of(replies)}, names)


QUICK = [quick_replies]
