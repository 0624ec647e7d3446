"""Who sees which conversation, by a second program that was written from docs/access.md alone.

Worlds are drawn: lines, their operators and supervisors, administrators, people who were
deactivated, conversations in every state, whoever was invited, left or transferred away. What
the pages, the search, the files, the news and the counters show is compared with the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lists_core.models import StoredFile
from openlines.files import Messages
from openlines.models import (
    Attachment,
    Channel,
    Conversation,
    Customer,
    Line,
    LineMember,
    Message,
    Participant,
)
from openlines.notification_guard import closed
from openlines.selectors.desk import may_answer, visible_conversations
from openlines.selectors.inbox import BOXES, counts, inbox, waiting_count
from openlines.services.news import listeners
from staff.models import Employee

pytestmark = pytest.mark.django_db
PEOPLE, LINES = range(4), range(2)


@dataclass(frozen=True)
class Talk:
    """`inside` and `left` are who is in it now and who was."""

    line: int
    state: str
    operator: int | None
    inside: frozenset[int]
    left: frozenset[int]
    waits: bool


@dataclass(frozen=True)
class Model:
    """Plain rows: who is what in which line (person, line) → role."""

    active: frozenset[int]
    chiefs: frozenset[int]
    roles: dict[tuple[int, int], str]
    talks: tuple[Talk, ...]

    def sees(self, person: int, talk: Talk) -> bool:
        if person not in self.active:
            return False
        if person in self.chiefs:
            return True
        role = self.roles.get((person, talk.line))
        if role == "supervisor" or person in talk.inside:
            return True
        return role == "operator" and (talk.state == "queued" or person in talk.left)

    def answers(self, person: int, talk: Talk) -> bool:
        supervises = self.roles.get((person, talk.line)) == "supervisor"
        return person in self.active and (supervises or person in talk.inside)

    def hears(self, talk: Talk) -> set[int]:
        """On whose desk the conversation stands: not that of an administrator outside."""
        members = {who for (who, line) in self.roles if line == talk.line and who in self.active}
        if talk.state == "queued":
            return members
        return {who for who in members if self.answers(who, talk)} | set(talk.inside)

    def box(self, person: int, talk: Talk) -> str:
        if talk.state == "closed":
            return "closed"
        if talk.operator == person:
            return "mine"
        return "queue" if talk.state == "queued" else "others"


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    inside = draw(st.frozensets(st.sampled_from(PEOPLE), max_size=2))
    left = draw(st.frozensets(st.sampled_from(PEOPLE), max_size=2)) - inside
    state = draw(st.sampled_from(["queued", "active", "closed"]))
    operator = min(inside) if inside and state != "queued" else None
    waits = draw(st.booleans()) and state != "closed"
    return Talk(draw(st.sampled_from(LINES)), state, operator, inside, left, waits)


MODELS = st.builds(
    Model,
    active=st.frozensets(st.sampled_from(PEOPLE), min_size=2),
    chiefs=st.frozensets(st.sampled_from(PEOPLE), max_size=1),
    roles=st.dictionaries(
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from(LINES)),
        st.sampled_from(["operator", "supervisor"]),
    ),
    talks=st.lists(talks(), min_size=1, max_size=6).map(tuple),
)


class World:
    """The model in PostgreSQL."""

    def __init__(self, model: Model) -> None:
        self.model, now = model, timezone.now()
        self.people = [
            Employee.objects.create_user(
                f"p{one}", f"p{one}@svod.example", "x", is_active=one in model.active,
                is_superuser=one in model.chiefs,
            )
            for one in PEOPLE
        ]  # fmt: skip
        self.lines = [Line.objects.create(name=f"L{one}") for one in LINES]
        LineMember.objects.bulk_create(
            LineMember(line=self.lines[line], employee=self.people[who], role=role)
            for (who, line), role in model.roles.items()
        )
        self.talks = [self._talk(number, talk, now) for number, talk in enumerate(model.talks)]

    def _talk(self, number: int, talk: Talk, now: Any) -> Conversation:
        line = self.lines[talk.line]
        channel = Channel.objects.create(line=line, kind="web", name="w")
        made = Conversation.objects.create(
            line=line, channel=channel, state=talk.state, opened_at=now, last_at=now, last_seq=1,
            customer=Customer.objects.create(channel=channel, external_id="c"),
            operator=None if talk.operator is None else self.people[talk.operator],
            waiting_since=now if talk.waits else None,
        )  # fmt: skip
        Participant.objects.bulk_create(
            Participant(conversation=made, employee=self.people[who], joined_at=now,
                        left_at=now if who in talk.left else None)
            for who in talk.inside | talk.left
        )  # fmt: skip
        message = Message.objects.create(
            conversation=made, seq=1, kind="customer", text=f"CANARY{number} слово", at=now
        )
        file = StoredFile(name=f"f{number}.txt", size=1, uploaded_by=None, mime="text/plain")
        file.content.save("f", ContentFile(b"x"), save=False)
        file.save()
        Attachment.objects.create(message=message, file=file)
        return made


@settings(
    max_examples=8, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(model=MODELS)
def test_what_is_shown_is_what_the_model_allows(tmp_path: Any, model: Model) -> None:
    from django.conf import settings as portal

    portal.MEDIA_ROOT = tmp_path
    with transaction.atomic():
        compare(World(model))
        transaction.set_rollback(True)


def compare(world: World) -> None:
    model = world.model
    for who, person in enumerate(world.people):
        wanted = [made for made, talk in zip(world.talks, model.talks, strict=True)
                  if model.sees(who, talk)]  # fmt: skip
        assert set(visible_conversations(person)) == set(wanted)
        check_lists(world, who, person)
        check_files(world, person, {made.pk for made in wanted})
        check_pages(world, who, person)
    for made, talk in zip(world.talks, model.talks, strict=True):
        known = {world.people[who].pk for who in model.hears(talk)}
        assert listeners(made) == known


def check_lists(world: World, who: int, person: Employee) -> None:
    """The boxes, the search in them and their numbers."""
    model = world.model
    pairs = list(zip(world.talks, model.talks, strict=True))
    for slug in BOXES:
        wanted = {made.pk for made, talk in pairs
                  if model.sees(who, talk) and model.box(who, talk) == slug}  # fmt: skip
        assert {one.pk for one in inbox(person, slug)} == wanted
        assert {one.pk for one in inbox(person, slug, words="слово")} == wanted
        found = {one.pk for one in inbox(person, slug, words="canary0")}
        assert found == wanted & {world.talks[0].pk}
        if slug != "closed":
            assert counts(person)[slug] == len(wanted)
    waits = [talk for talk in model.talks if talk.waits and model.sees(who, talk)]
    mine = [
        one for one in waits if one.operator == who or who in one.inside or one.state == "queued"
    ]
    assert waiting_count(person) == len(mine)


def check_files(world: World, person: Employee, seen: set[int]) -> None:
    rows = Attachment.objects.values_list("file", "message__conversation")
    ids = [file for file, _talk in rows]
    assert Messages().readable(person, ids) == {file for file, talk in rows if talk in seen}
    urls = {f"/chat/{one.pk}/": one.pk for one in world.talks}
    assert closed(person, list(urls)) == {url for url, pk in urls.items() if pk not in seen}


def check_pages(world: World, who: int, person: Employee) -> None:
    """What answers over HTTP: the talk, its new messages, a note by whoever only looks."""
    client = Client()
    if not person.is_active:
        return
    client.force_login(person)
    for made, talk in list(zip(world.talks, world.model.talks, strict=True))[:1]:
        sees = world.model.sees(who, talk)
        shown = client.get(f"/chat/{made.pk}/messages/")
        assert shown.status_code == (200 if sees else 404)
        assert (b"CANARY" in shown.content) == sees
        assert may_answer(person, made) == world.model.answers(who, talk)
        said = client.post(f"/chat/{made.pk}/say/", {"text": "x", "note": "1"})
        allowed = 409 if talk.state == "closed" else 200 if world.model.answers(who, talk) else 403
        assert said.status_code == (allowed if sees else 404)
