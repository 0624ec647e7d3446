"""Yes or no; empty where nobody has answered yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, Titles, field_types
from lists_core.filters.operators import PRESENCE, Arity, Asked, Operator
from lists_core.reports.groupings import BY_ANSWER

if TYPE_CHECKING:
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping

WORDS = {
    **dict.fromkeys(("да", "д", "истина", "yes", "y", "true", "t", "on", "1", "+", "✓"), True),
    **dict.fromkeys(("нет", "н", "ложь", "no", "n", "false", "f", "off", "0", "-"), False),
}


def _is(*, answer: bool) -> Callable[[Asked], Q]:
    def build(asked: Asked) -> Q:
        return asked.lookup("exact", answer)

    return build


YES = Operator("yes", gettext_lazy("yes"), Arity.NONE, _is(answer=True))
NO = Operator("no", gettext_lazy("no"), Arity.NONE, _is(answer=False))


@field_types.register
class BooleanType(FieldType):
    slug = "boolean"
    label = gettext_lazy("Yes/No")
    icon = "toggle-left"
    multiple_allowed = False

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BooleanField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        # A switch always answers, so it is never asked to be filled.
        return forms.BooleanField(required=False, widget=forms.CheckboxInput({"role": "switch"}))

    def clean(self, field: Field, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(_("Enter yes or no."))
        return value

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        return _("Yes") if value else _("No")

    def from_text(self, field: Field, text: str) -> bool | None:
        word = text.strip().casefold()
        if word and word not in WORDS:
            raise ValidationError(_("Enter yes or no."))
        return WORDS[word] if word else None

    def from_json(self, field: Field, raw: Any) -> bool:
        return self.clean(field, raw)

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        tone = "green" if value else "grey"
        text = self.to_text(field, value, titles)
        return format_html('<span class="sv-badge tone-{}">{}</span>', tone, text)

    @property
    def operators(self) -> Iterable[Operator]:
        return (YES, NO, *PRESENCE)

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (BY_ANSWER,)
