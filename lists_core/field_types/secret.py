"""Secret: passwords and keys that several people share.

The text is encrypted before it reaches the database (svod/base/vault.py) and leaves the server
in one way only: `services/secrets.py`, by a deed that is written down first. Everything else,
this type included, knows the mask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, Titles, field_types
from lists_core.field_types.texts import storable
from lists_core.filters.operators import PRESENCE
from svod.base import vault

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field

MAX_LENGTH = 4_000
MASK = "••••••••"


@dataclass(frozen=True)
class Sealed:
    """A value of a secret field: its ciphertext, and a mask wherever it is shown."""

    sealed: str

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return f"<{MASK}>"


def context_of(field: Field) -> str:
    """What ties a ciphertext to its field; a deleted or renamed field keeps it."""
    return f"field:{field.pk}"


class SecretWidget(forms.Widget):
    """An empty password control, whatever stands in the field, and a box that empties it."""

    template_name = "components/widgets/secret.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["filled"] = isinstance(value, Sealed)
        # What was typed is not sent back: a page may stay on a screen, or in a cache.
        context["again"] = isinstance(value, str) and bool(value)
        context["mask"] = MASK
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if data.get(f"{name}-clear"):
            return None
        return data.get(name, "")

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class SecretField(forms.Field):
    """Typed text, or nothing: then what stood there stays; None empties the field."""

    widget = SecretWidget

    def _clean_bound_field(self, bound: forms.BoundField) -> Any:
        """As Django's own FileField: an empty control keeps what it was shown for."""
        if self.disabled or (bound.data == "" and isinstance(bound.initial, Sealed)):
            return bound.initial
        return self.clean(bound.data)

    def to_python(self, value: Any) -> str | None:
        return str(value) if value else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data != "")


@field_types.register
class SecretType(FieldType):
    slug = "secret"
    label = gettext_lazy("Secret")
    icon = "lock"
    multiple_allowed = False
    default_allowed = False
    sortable = False
    concealed = True

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.TextField(null=True)}

    def from_columns(self, field: Field, parts: tuple[Any, ...]) -> Sealed:
        return Sealed(parts[0])

    def to_columns(self, field: Field, value: Sealed) -> tuple[str]:
        return (value.sealed,)

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return SecretField(required=required)

    def clean(self, field: Field, value: Any) -> Sealed | None:
        """A typed text is sealed here, so what services, history and events get is sealed."""
        if isinstance(value, Sealed):
            return value
        if not isinstance(value, str):
            raise ValidationError(_("A text is expected."))
        text = storable(value, longest=MAX_LENGTH)
        if text.strip() == MASK:
            raise ValidationError(_("This is the mask of a secret, not the secret."))
        return Sealed(vault.seal(text, context=context_of(field))) if text.strip() else None

    def from_text(self, field: Field, text: str) -> str | None:
        return text if text.strip() else None

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        return MASK

    def to_json(self, field: Field, value: Any) -> str:
        return MASK

    def from_json(self, field: Field, raw: Any) -> Any:
        if not isinstance(raw, str):
            raise ValidationError(_("A text is expected."))
        return self.clean(field, raw)

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        return format_html(
            '<svod-secret data-field="{}"><span class="sv-secret-mask">{}</span></svod-secret>',
            field.pk or "",
            MASK,
        )

    @property
    def operators(self) -> Iterable[Operator]:
        return PRESENCE

    def carry(self, field: Field, target: Field, value: Any) -> None:
        """A copy of a list begins without the secrets."""
