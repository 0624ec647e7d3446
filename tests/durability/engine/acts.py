"""Steps that only the tests of the engine have: they note, fail, wait, ask and post."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

from lists_core.models import OutboxEvent
from svod.base.errors import DomainError
from workflows.actions.base import Action, ActionParams, Shown, Signal, Wait, actions


class Note(Action):
    """An effect in the database: an event under the step's own key."""

    slug, label = "test_note", "Note"

    def run(self, context: Any, params: Any) -> None:
        note = {"instance": context.instance.pk, "step": context.node.id, "key": context.key}
        OutboxEvent.objects.create(topic="test.note", payload=note, handled=True)


class LoneNote(Note):
    slug, isolated = "test_lone_note", True


class Flaky(Note):
    """Fails, its effect undone, until somebody has mended the world."""

    slug = "test_flaky"
    broken = False

    def run(self, context: Any, params: Any) -> None:
        super().run(context, params)
        if type(self).broken:
            raise DomainError("broken")


class Nap(Action):
    slug, label = "test_nap", "Nap"

    class Params(ActionParams):
        seconds: Annotated[int, Shown("Seconds")]

    def run(self, context: Any, params: Any) -> Wait:
        return Wait(context.now + timedelta(seconds=params.seconds))


class Ask(Action):
    """Waits for an answer, which is told apart from everything else by its kind."""

    slug, label = "test_ask", "Ask"

    def run(self, context: Any, params: Any) -> Wait:
        return Wait()

    def resume(self, context: Any, params: Any, signal: Signal) -> Any:
        return {"value": signal.payload["value"]} if signal.kind == "answer" else Wait()


class Post(Action):
    """Has something done outside, by the channel `test_post`."""

    slug, label = "test_post", "Post"

    class Params(ActionParams):
        reply: Annotated[bool, Shown("Reply")] = True

    def run(self, context: Any, params: Any) -> Wait | None:
        context.send("test_post", {}, reply=params.reply)
        return Wait() if params.reply else None


ACTIONS = (Note, LoneNote, Flaky, Nap, Ask, Post)


@contextmanager
def registered() -> Iterator[None]:
    """The designer knows these steps for a while."""
    for action in ACTIONS:
        actions.register(action)
    yield
    for action in ACTIONS:
        actions.unregister(action.slug)
