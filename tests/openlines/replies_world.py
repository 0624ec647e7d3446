"""A line with its list of quick replies, as the button makes it."""

from __future__ import annotations

from typing import Any

from lists_core.models import List, Section
from lists_core.services.elements import create_element
from openlines.selectors.replies import Replies, replies_for, search_replies
from openlines.services.reply_lists import create_replies
from staff.models import Employee
from tests.openlines.chat_world import Chat, chat


def with_replies(**settings: Any) -> tuple[Chat, List]:
    world = chat(**settings)
    return world, create_replies(world.line, actor=world.boss)


def reply(list_: List, actor: Employee, name: str, text: str, **values: Any) -> int:
    """A reply; `section` is the name of its category."""
    section = values.pop("section", "")
    place = Section.objects.get(list=list_, name=section).pk if section else None
    given = {"NAME": name, "TEXT": text, **values}
    return int(create_element(list_.pk, given, actor=actor, section_id=place).pk)


def seen_by(world: Chat, actor: Employee) -> Replies:
    found = replies_for(world.line, actor)
    assert found is not None
    return found


def names(world: Chat, actor: Employee, words: str = "", **more: Any) -> list[str]:
    return [one.name for one in search_replies(seen_by(world, actor), words, **more)]
