"""Secret: a password or a token, kept encrypted and shown to nobody but by `services.secrets`.

Everything that draws, exports or remembers values gets a `Sealed` from here, and a `Sealed`
says nothing but its mask. So a page that knows nothing of secrets cannot give one away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, Titles, field_types
from lists_core.field_types.texts import storable
from lists_core.filters.operators import PRESENCE
from svod.base import vault
from svod.base.vault import VaultError

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field

MASK = "••••••••"
CLEAR = "-clear"


class Masked:
    """Says nothing of itself wherever it is printed: pages, logs, tracebacks."""

    def __str__(self) -> str:
        return MASK

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class Sealed(Masked):
    """A secret as the portal passes it about. Two are equal only when they are one text of the
    vault; `fresh` ones were typed just now and are not stored yet."""

    token: str
    fresh: bool = False


def seal(field: Field, text: str) -> Sealed | None:
    """The secret of what a person typed, None for an empty text. Raises ValidationError."""
    if not text.strip():
        return None
    if set(text.strip()) <= set(MASK):
        raise ValidationError(_("This is the mask that stands for a secret. Type the secret."))
    if len(storable(text, longest=vault.MAX_BYTES).encode()) > vault.MAX_BYTES:
        raise ValidationError(_("The secret is too long."))
    try:
        return Sealed(vault.ring().seal(text, context=context_of(field)), fresh=True)
    except VaultError:
        raise ValidationError(_("The portal has no keys to keep secrets with.")) from None


def context_of(field: Field) -> str:
    """What a secret is bound to: taken into another field, it does not open."""
    return f"field:{field.pk}"


def resealed(token: str, context: str) -> str:
    """The same secret sealed once more, with the key of today. Raises VaultError."""
    ring = vault.ring()
    return ring.seal(ring.open(token, context=context), context=context)


# --- the control ------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Typed(Masked):
    """What came from the control; nothing typed keeps the secret that stands there."""

    text: str = ""
    clear: bool = False


@dataclass(frozen=True)
class Shown:
    """All that the control is told: is there a secret, is it being cleared, was one typed?"""

    kept: bool = False
    clear: bool = False
    again: bool = False


class SecretInput(forms.Widget):
    """A password's input that is always empty, and a check box that clears the secret."""

    template_name = "components/widgets/secret.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        shown = value if isinstance(value, Shown) else Shown()
        return context | {"shown": shown, "clear_name": name + CLEAR, "mask": MASK}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        return Typed(str(data.get(name) or ""), bool(data.get(name + CLEAR)))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and name + CLEAR not in data


class SecretField(forms.Field):
    """Gives a fresh `Sealed`, the one that the form began with, or None."""

    def __init__(self, field: Field, *, required: bool) -> None:
        self.of = field
        super().__init__(required=required, widget=SecretInput({"class": "form-control"}))

    def clean(self, value: Any) -> Sealed | None:
        typed = value if isinstance(value, Typed) else Typed(str(value or ""))
        return self._chosen(typed, None)

    def _clean_bound_field(self, bound: forms.BoundField) -> Sealed | None:
        """As Django's own FileField: what is not sent is what stands there."""
        kept = bound.initial if isinstance(bound.initial, Sealed) else None
        return kept if self.disabled else self._chosen(bound.data, kept)

    def _chosen(self, typed: Typed, kept: Sealed | None) -> Sealed | None:
        found = seal(self.of, typed.text) or (None if typed.clear else kept)
        if found is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return found

    def bound_data(self, data: Any, initial: Any) -> Shown:
        return Shown(isinstance(initial, Sealed), data.clear, bool(data.text))

    def prepare_value(self, value: Any) -> Shown:
        return value if isinstance(value, Shown) else Shown(isinstance(value, Sealed))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data.text or data.clear)


# --- the type ---------------------------------------------------------------------------


@field_types.register
class SecretType(FieldType):
    slug = "secret"
    label = gettext_lazy("Secret")
    icon = "key"
    concealed = True
    multiple_allowed = False
    sortable = False
    default_allowed = False

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.TextField(null=True)}

    def from_columns(self, field: Field, parts: tuple[Any, ...]) -> Sealed:
        return Sealed(parts[0])

    def to_columns(self, field: Field, value: Any) -> tuple[Any, ...]:
        if not value.fresh:
            return (value.token,)
        # One text typed or imported for several elements must not look the same in all of them.
        return (resealed(value.token, context_of(field)),)

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return SecretField(field, required=required)

    def clean(self, field: Field, value: Any) -> Sealed | None:
        if isinstance(value, Sealed):
            if value.fresh:
                return value
            # It may belong to another field or element, or be older than a change of keys.
            raise ValidationError(_("A secret cannot be copied. Type it."))
        if not isinstance(value, str):
            raise ValidationError(_("A text is expected."))
        return seal(field, value)

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        return MASK

    def from_text(self, field: Field, text: str) -> Sealed | None:
        return seal(field, text)

    def to_json(self, field: Field, value: Any) -> str:
        return MASK

    def from_json(self, field: Field, raw: Any) -> Sealed | None:
        if not isinstance(raw, str):
            raise ValidationError(_("A text is expected."))
        return seal(field, raw)

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        """The mask; the page's script adds the buttons where it stands in an element."""
        url = reverse("secret_reveal", args=[field.list_id, 0, field.pk]) if field.pk else ""
        mask = '<span class="sv-secret-text" role="img" aria-label="{}">{}</span>'
        inner = format_html(mask, _("hidden"), MASK)
        return format_html('<sv-secret data-url="{}">{}</sv-secret>', url, inner)

    @property
    def operators(self) -> Iterable[Operator]:
        return PRESENCE

    def default(self, field: Field) -> None:
        return None

    def carry(self, field: Field, target: Field, value: Any) -> None:
        """A copy of a list is for other eyes: it begins without secrets."""
        return
