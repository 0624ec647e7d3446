"""String: one line or several, with an optional mask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Value
from django.db.models.expressions import BaseExpression, Combinable
from django.db.models.functions import Collate, Left, Lower, Replace
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldSettingsForm, FieldType, Titles, field_types
from lists_core.field_types.texts import TextField, storable
from lists_core.field_types.written import as_html
from lists_core.filters import operators
from lists_core.reports.groupings import BY_TEXT

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping

MAX_LENGTH = 100_000
SORTED_LETTERS = 300
MASK_SIGNS = {"9": str.isdigit, "A": str.isalpha, "*": str.isalnum}


def text_sort_key(column: str | Combinable) -> BaseExpression:
    """Letters of any case together and ё beside е, by code points: digits, Latin, Cyrillic.
    What begins with the same SORTED_LETTERS letters is equal: an index holds no longer keys.

    The embedded server has no ICU, and a foreign one may have any collation; this order is
    the same on all of them.
    """
    return Collate(Replace(Lower(Left(column, SORTED_LETTERS)), Value("ё"), Value("е")), "C")


def fits_mask(mask: str, text: str) -> bool:
    """9 stands for a digit, A for a letter, * for either; the rest stands for itself."""
    return len(mask) == len(text) and all(
        MASK_SIGNS[sign](letter) if sign in MASK_SIGNS else sign == letter
        for sign, letter in zip(mask, text, strict=True)
    )


class StringSettings(FieldSettingsForm):
    rows = forms.IntegerField(
        label=gettext_lazy("Lines in the form"), min_value=1, max_value=40, initial=1
    )
    mask = forms.CharField(
        label=gettext_lazy("Mask"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "9 is a digit, A a letter, * either; other signs stand as they are."
        ),
    )


@field_types.register
class StringType(FieldType):
    slug = "string"
    label = gettext_lazy("String")
    icon = "letter-case"
    SettingsForm = StringSettings
    unique_allowed = True
    searchable = True

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.TextField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return TextField(longest=MAX_LENGTH, required=required, widget=self._widget(field))

    def _widget(self, field: Field) -> forms.Widget:
        rows = field.settings.get("rows", 1)
        if rows > 1:
            return forms.Textarea({"rows": rows})
        mask = field.settings.get("mask")
        return forms.TextInput({"placeholder": mask} if mask else None)

    def clean(self, field: Field, value: Any) -> str | None:
        # A browser sends \r\n, a file may have any: one form, or every save would be a change.
        text = storable(str(value).strip(), longest=MAX_LENGTH).replace("\r\n", "\n")
        mask = field.settings.get("mask")
        if text and mask and not fits_mask(mask, text):
            raise ValidationError(_("The value must look like %(mask)s.") % {"mask": mask})
        return text or None

    def from_json(self, field: Field, raw: Any) -> Any:
        if not isinstance(raw, str):
            raise ValidationError(_("A text is expected."))
        return raw

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        if field.settings.get("rows", 1) > 1:
            return format_html('<span class="svod-lines">{}</span>', value)
        return as_html(value)

    @property
    def operators(self) -> Iterable[Operator]:
        return operators.TEXT

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (BY_TEXT,)

    def sort_key(self, field: Field, column: str) -> BaseExpression:
        return text_sort_key(column)
