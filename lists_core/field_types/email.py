"""E-mail address, kept in small letters so that one person is not two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models.expressions import BaseExpression
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, Titles, field_types
from lists_core.field_types.string import text_sort_key
from lists_core.field_types.texts import TextField
from lists_core.filters import operators

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field

MAX_LENGTH = 320


@field_types.register
class EmailType(FieldType):
    slug = "email"
    label = gettext_lazy("E-mail")
    icon = "mail"
    unique_allowed = True
    searchable = True

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.TextField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        widget = forms.EmailInput({"autocomplete": "off"})
        return TextField(
            longest=MAX_LENGTH, required=required, widget=widget, validators=[validate_email]
        )

    def clean(self, field: Field, value: Any) -> str | None:
        text = str(value).strip().lower()
        if text:
            validate_email(text)
        return text or None

    def from_json(self, field: Field, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValidationError(_("A text is expected."))
        return raw

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        return format_html('<a href="mailto:{0}">{0}</a>', value)

    @property
    def operators(self) -> Iterable[Operator]:
        return operators.TEXT

    def sort_key(self, field: Field, column: str) -> BaseExpression:
        return text_sort_key(column)
