"""Link to a page, a mailbox or a telephone: an address that is safe to click."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

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

MAX_LENGTH = 2000
LONGEST_SHOWN = 60
#: What browsers drop or take for a slash; the rest of an address never needs them.
UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\\<>\"]")
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE | re.ASCII)
HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-f.]*:[0-9a-f:.]+", re.IGNORECASE)
BARE = re.compile(r"([\w-]+\.)+(xn--[\w-]+|[^\W\d_]{2,})(:\d+)?([/?#].*)?")
PHONE = re.compile(r"\+?[\d().-]+(;[\w=.-]+)*", re.ASCII)


def safe_address(text: str) -> str:
    """The address with its scheme; a bare `example.com/page` gets https. Raises ValidationError."""
    address = f"https://{text}" if BARE.fullmatch(text) else text
    scheme = SCHEME.match(address)
    check = CHECKS.get(scheme[1].lower()) if scheme else None
    if not check or not scheme or UNSAFE.search(address) or not check(address[scheme.end() :]):
        raise ValidationError(
            _("Enter an address that begins with http://, https://, mailto: or tel:.")
        )
    return f"{scheme[1].lower()}:{address[scheme.end() :]}"


def _is_page(rest: str) -> bool:
    """`//host[:port]/…`; a name before the host (`//bank.ru@evil.ru`) only ever misleads."""
    try:
        parts = urlsplit(f"http:{rest}")
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return False
    return "@" not in parts.netloc and bool(host and HOST.fullmatch(host))


def _is_mailbox(rest: str) -> bool:
    try:
        validate_email(rest.partition("?")[0])
    except ValidationError:
        return False
    return True


CHECKS: dict[str, Callable[[str], bool]] = {
    "http": _is_page,
    "https": _is_page,
    "mailto": _is_mailbox,
    "tel": lambda rest: bool(PHONE.fullmatch(rest)),
}


@field_types.register
class UrlType(FieldType):
    slug = "url"
    label = gettext_lazy("Link")
    icon = "link"
    unique_allowed = True
    searchable = True

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.TextField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        # Not type="url": the browser would refuse an address without https:// by itself.
        widget = forms.TextInput({"inputmode": "url", "placeholder": "https://"})
        return TextField(longest=MAX_LENGTH, required=required, widget=widget)

    def clean(self, field: Field, value: Any) -> str | None:
        text = str(value).strip(" \t\r\n")
        if len(text) > MAX_LENGTH:
            raise ValidationError(_("The address is too long."))
        return safe_address(text) if text else None

    def from_json(self, field: Field, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValidationError(_("A text is expected."))
        return raw

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        try:
            address = safe_address(value)
        except ValidationError:
            return format_html("{}", value)
        return format_html(
            '<a href="{}" target="_blank" rel="noopener noreferrer nofollow" title="{}">{}</a>',
            address, address, shown(address),
        )  # fmt: skip

    @property
    def operators(self) -> Iterable[Operator]:
        return operators.TEXT

    def sort_key(self, field: Field, column: str) -> BaseExpression:
        return text_sort_key(column)


def shown(address: str) -> str:
    """`https://example.com/` → `example.com`; a long one ends with an ellipsis."""
    text = SCHEME.sub("", address, count=1).removeprefix("//").removesuffix("/")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
