"""Places about the customer, the operator, the line and the hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from openlines.placeholders.base import Placeholder, Scene, placeholders

Reads = Mapping[str, tuple[str | Promise, Callable[[Scene], str]]]


class Simple(Placeholder):
    """A group whose values are read from the scene by their names."""

    reads: Reads = {}

    @property
    def names(self) -> Mapping[str, str | Promise]:  # type: ignore[override]
        return {name: label for name, (label, _read) in self.reads.items()}

    def value(self, scene: Scene, name: str) -> str:
        known = self.reads.get(name.lower())
        return known[1](scene) if known else ""


@placeholders.register
class Client(Simple):
    slug = "client"
    reads = {
        "name": (
            gettext_lazy("the customer’s name"),
            lambda scene: scene.conversation.customer.name,
        ),
        "phone": (
            gettext_lazy("the customer’s telephone"),
            lambda scene: scene.conversation.customer.phone,
        ),
        "email": (
            gettext_lazy("the customer’s e-mail"),
            lambda scene: scene.conversation.customer.email,
        ),
    }


@placeholders.register
class Operator(Simple):
    slug = "operator"
    reads = {
        "name": (gettext_lazy("your name and surname"), lambda scene: scene.actor.get_full_name()),
        "first_name": (
            gettext_lazy("your first name"),
            lambda scene: scene.actor.first_name or scene.actor.get_short_name(),
        ),
        "position": (
            gettext_lazy("your position"),
            lambda scene: str(getattr(scene.actor, "position", "") or ""),
        ),
        "email": (gettext_lazy("your e-mail"), lambda scene: scene.actor.email),
    }


@placeholders.register
class Line(Simple):
    slug = "line"
    reads = {
        "name": (gettext_lazy("the open line"), lambda scene: scene.conversation.line.name),
        "channel": (gettext_lazy("the channel"), lambda scene: scene.conversation.channel.name),
    }


@placeholders.register
class Talk(Simple):
    slug = "conversation"
    reads = {
        "number": (
            gettext_lazy("the number of the conversation"),
            lambda scene: str(scene.conversation.pk),
        ),
    }


@placeholders.register
class Today(Simple):
    slug = "today"
    reads = {
        "": (
            gettext_lazy("today’s date"),
            lambda scene: date_format(timezone.localdate(), "DATE_FORMAT"),
        ),
    }


@placeholders.register
class Greeting(Simple):
    """By the portal's clock: the customer's is not known."""

    slug = "greeting"
    reads = {
        "": (
            gettext_lazy("“Good morning” or another, by the hour"),
            lambda scene: hello(),
        )
    }


#: From this hour on one greets so.
HOURS = (
    (0, gettext_lazy("Hello")),
    (5, gettext_lazy("Good morning")),
    (12, gettext_lazy("Good afternoon")),
    (18, gettext_lazy("Good evening")),
    (23, gettext_lazy("Hello")),
)


def hello() -> str:
    hour = timezone.localtime().hour
    return str([words for start, words in HOURS if start <= hour][-1])
