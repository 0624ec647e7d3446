"""The words of quick replies follow every write to them; a link that runs a script is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from django.utils.translation import gettext as _

from lists_core.models import ElementVersion, List
from lists_core.schema.compile import Schema, compile_schemas
from lists_core.services.listeners import (
    ElementListener,
    FieldListener,
    Write,
    field_listeners,
    listeners,
)
from openlines.reply_fields import ROLES, ReplyFields, holds_replies
from openlines.services.reply_texts import drop_words, fill_words, keep_words
from svod.base.errors import Invalid

Written = ElementVersion.Kind
#: Browsers pass over control characters within the scheme.
HIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\ufeff]+")
SCRIPT = re.compile(r"(java|vb|live)script:|data:[a-z]+/[a-z]", re.IGNORECASE)


def runs_script(text: str) -> bool:
    """Whether a customer's program could make of the text a link that runs a script."""
    return SCRIPT.search(HIDDEN.sub("", text)) is not None


@listeners.register
class Replies(ElementListener):
    slug = "chat.replies"

    def hears(self, schema: Schema) -> bool:
        return holds_replies(schema)

    def before(self, write: Write) -> None:
        text = ReplyFields.of(write.schema).text
        if text and text.key in write.changes and runs_script(write.get(text.code) or ""):
            raise Invalid({text.code: [_("A link may not run a script.")]})

    def after(self, writes: Sequence[Write]) -> None:
        if writes[0].kind == Written.DELETED:
            drop_words([one.row.pk for one in writes])
        else:
            keep_words(writes[0].schema, [one.row for one in writes])


@field_listeners.register
class ReplyFieldsChanged(FieldListener):
    """A field may become the short code or the languages of replies, or be that no longer."""

    slug = "chat.replies"

    def after(self, list_: List, codes: AbstractSet[str]) -> None:
        if not codes & {*ROLES["code"][0], *ROLES["languages"][0]}:
            return
        schema = compile_schemas([list_])[0]  # not kept, as nothing is committed yet
        if holds_replies(schema):
            fill_words(schema)
