"""Keeping what an operator has answered as a quick reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.services.elements import create_element
from openlines.models import Attachment, Message
from openlines.selectors.desk import access_conversation
from openlines.selectors.replies import Replies, replies_for
from openlines.selectors.reply_places import NO_CATEGORY, places_to_save
from staff.models import Employee
from svod.base.errors import Forbidden, Invalid, NotFound


def message_to_save(conversation_id: int, seq: int, *, actor: Employee) -> tuple[Message, Replies]:
    """An answer that the actor sees, and the replies among which it would stand.

    Raises NotFound; Forbidden where the line has no replies for the actor.
    """
    talk = access_conversation(actor, conversation_id)
    kinds = (Message.Kind.OPERATOR, Message.Kind.AUTO)
    found = talk.messages.filter(seq=seq, kind__in=kinds).exclude(text="").first()
    if found is None:
        raise NotFound
    replies = replies_for(talk.line, actor)
    if replies is None:
        raise Forbidden
    return found, replies


def save_as_reply(
    conversation_id: int, seq: int, given: Mapping[str, Any], *, actor: Employee
) -> int:
    """Make a reply of an answer with its files, by the rights of the list; gives its id.

    `given` are "name", "text", "code" and "section" (0 is the root). Raises NotFound, Forbidden,
    Invalid with errors by the same names.
    """
    message, replies = message_to_save(conversation_id, seq, actor=actor)
    section = given.get("section") or NO_CATEGORY
    if section not in dict(places_to_save(replies)):
        raise Invalid({"section": [_("Choose from the list.")]})
    values = _values(replies, message, given)
    try:
        with transaction.atomic():
            row = create_element(replies.list.pk, values, actor=actor, section_id=section or None)
    except Invalid as error:
        raise Invalid(_by_input(replies, error.errors)) from error
    return int(row.pk)


def _values(replies: Replies, message: Message, given: Mapping[str, Any]) -> dict[str, Any]:
    fields = replies.fields
    code = str(given.get("code", "")).strip().lstrip("/").lower()
    values: dict[str, Any] = {"NAME": str(given["name"]).strip()}
    if fields.text:
        values[fields.text.code] = given["text"]
    if fields.code and code:
        values[fields.code.code] = code
    attached = Attachment.objects.filter(message=message).values_list("file", flat=True)
    if fields.files and (files := list(attached)):
        values[fields.files.code] = files
    return values


def _by_input(replies: Replies, errors: Mapping[str, Any]) -> dict[str, Any]:
    """Errors by the dialog's inputs; those of fields that it has not, for the whole."""
    fields = replies.fields
    known = {"NAME": "name", "SECTION": "section"}
    named = ((fields.text, "text"), (fields.code, "code"))
    known |= {field.code: name for field, name in named if field}
    told: dict[str, Any] = {}
    for code, messages in errors.items():
        told.setdefault(known.get(code, ""), []).extend(messages)
    return told
