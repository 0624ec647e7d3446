"""Conversations start processes on the lead, the contact and the deal of their customer:

    {"event": "chat_new", "line": 5}

A new one is told when it is known who writes, so that the process has its lead; a customer who
is nobody in CRM starts nothing. The process is told which conversation it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import kind_of
from lists_core.models import List
from openlines.models import Conversation, Line, Message
from openlines.selectors.customers import LINKED
from openlines.selectors.desk import visible_lines
from openlines.selectors.processes import open_to_process
from openlines.services.process_starts import CLOSED, NO_ANSWER, OPENED
from staff.models import Employee
from workflows.starting import Settings, StartWay, ways

if TYPE_CHECKING:
    from django import forms

    from workflows.designer.scene import Scene

LAST_TEXT = 2000


class OnConversation(StartWay):
    """What the three ways have in common; `topic` says when."""

    tells: Mapping[str, str | Promise] = {
        "chat": _("Conversation: number"),
        "chat_line": _("Conversation: open line"),
        "chat_channel": _("Conversation: channel"),
        "chat_customer": _("Conversation: customer"),
        "chat_text": _("Conversation: what the customer said last"),
    }

    def fits(self, list_: List | None) -> bool:
        return bool(list_ and kind_of(list_.system) in LINKED)

    def came(self, settings: Settings, payload: Mapping[str, Any]) -> list[int]:
        wanted = line_in(settings)
        return list(payload["ids"]) if wanted in {None, payload["line"]} else []

    def told(self, payload: Mapping[str, Any], reader: Employee | None) -> Mapping[str, Any]:
        rows = Conversation.objects.select_related("line", "channel", "customer")
        talk = rows.filter(pk=payload["conversation"]).first()
        if talk is None or reader is None or not open_to_process(reader, talk):
            return {}
        said = talk.messages.filter(kind=Message.Kind.CUSTOMER).order_by("-seq")
        text = said.values_list("text", flat=True).first() or ""
        return {
            "chat": talk.pk, "chat_line": talk.line.name, "chat_channel": talk.channel.name,
            "chat_customer": str(talk.customer), "chat_text": text[:LAST_TEXT],
        }  # fmt: skip

    def columns(self, row: Settings, scene: Scene) -> dict[str, forms.Field]:
        from workflows.widgets.scalars import OneOf

        choices = [("", _g("Any line")), *_lines(scene.actor).items()]
        return {"line": OneOf(label=_g("Open line"), choices=choices, required=False)}

    def words(self, settings: Settings, scene: Scene) -> str:
        pk = line_in(settings)
        if pk is None:
            return str(self.label)
        named = {"start": self.label, "line": _lines(scene.actor).get(pk, f"#{pk}")}
        return _g("%(start)s, in the line “%(line)s”") % named

    def mistakes(self, settings: Settings, list_: List) -> Iterator[str]:
        pk = line_in(settings)
        if pk is not None and not Line.objects.filter(pk=pk, deleted_at=None).exists():
            yield _g("There is no such line any more.")


def line_in(settings: Settings) -> int | None:
    """The chosen line; the designer's control gives a text."""
    given = str(settings.get("line") or "")
    return int(given) if given.isdecimal() else None


def _lines(actor: Employee) -> dict[int, str]:
    return dict(visible_lines(actor).values_list("pk", "name"))


@ways.register
class OnNew(OnConversation):
    slug = "chat_new"
    label = _("A customer began a conversation")
    topic = f"chat.{OPENED}"


@ways.register
class OnNoAnswer(OnConversation):
    slug = "chat_late"
    label = _("A customer was not answered in time")
    topic = f"chat.{NO_ANSWER}"


@ways.register
class OnClosed(OnConversation):
    slug = "chat_end"
    label = _("A conversation was closed")
    topic = f"chat.{CLOSED}"
