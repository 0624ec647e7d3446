"""Formatted text: cleaned when it is saved and again when it is shown.

Two columns: the plain text, which is what searching and filtering mean, and the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any

import nh3
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldSettingsForm, FieldType, Titles, field_types
from lists_core.field_types.texts import TextField, storable
from lists_core.filters import operators

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field

MAX_LENGTH = 200_000
SHORT = 20_000
ROWS = 8
TAGS = {
    "p", "br", "hr", "b", "strong", "i", "em", "u", "s", "del", "sub", "sup", "mark", "code",
    "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "a", "img",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
#: A picture of this portal or one inside the text: any other address would tell its server
#: who reads, from where and when.
OWN_PICTURE = re.compile(
    r"/(?![/\\])[^\x00-\x20\\]*|data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+",
    re.IGNORECASE,
)
LINK = re.compile(r"(https?://|mailto:|tel:|/(?![/\\])|#)", re.IGNORECASE)
BLOCK_ENDS = re.compile(r"</(p|h[1-6]|li|tr|blockquote|pre|div)>|<(br|hr)\s*/?>", re.IGNORECASE)
CELL_ENDS = re.compile(r"</t[hd]>", re.IGNORECASE)
LOOKS_LIKE_HTML = re.compile(rf"</({'|'.join(TAGS)})>|<(br|hr|img)\b", re.IGNORECASE)


def clean_html(text: str) -> SafeString:
    """The text without anything that runs, loads from elsewhere or breaks the page's look."""
    return SafeString(CLEANER.clean(text))


@lru_cache(maxsize=256)
def _recently_cleaned(text: str) -> SafeString:
    """Cleaning takes half a millisecond a kilobyte; a grid shows many texts again and again."""
    return clean_html(text)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if OWN_PICTURE.fullmatch(value) else None
    if name == "href":
        return value if LINK.match(value) else None
    if name in {"alt", "rel"}:
        return value
    return value if value.isdecimal() and len(value) <= len("9999") else None


CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "tel", "data"},  # data: the filter above narrows it
    link_rel="noopener noreferrer nofollow",
)
STRIPPER = nh3.Cleaner(tags=set())


def plain_text(html: str) -> str:
    """What a person reads: a line for each paragraph, no tags."""
    with_lines = BLOCK_ENDS.sub("\\g<0>\n", CELL_ENDS.sub("\\g<0>\t", html))
    lines = unescape(STRIPPER.clean(with_lines)).replace("\xa0", " ").splitlines()
    kept = (line.strip() for line in lines)
    return "\n".join(line for line in kept if line)


class RichTextarea(forms.Textarea):
    """The page's `<svod-rich>` makes an editor of it; without scripts it is HTML as typed."""

    template_name = "components/widgets/rich.html"


class HtmlSettings(FieldSettingsForm):
    rows = forms.IntegerField(
        label=gettext_lazy("Lines in the form"), min_value=2, max_value=40, initial=ROWS
    )


@field_types.register
class HtmlType(FieldType):
    slug = "html"
    label = gettext_lazy("Formatted text")
    icon = "text-size"
    SettingsForm = HtmlSettings
    sortable = False
    searchable = True

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.TextField(null=True), "_html": models.TextField(null=True)}

    def from_columns(self, field: Field, parts: tuple[Any, ...]) -> str:
        return str(parts[1])

    def to_columns(self, field: Field, value: Any) -> tuple[str, str]:
        return plain_text(value), value

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        widget = RichTextarea({"rows": field.settings.get("rows", ROWS)})
        return TextField(longest=MAX_LENGTH, required=required, widget=widget)

    def clean(self, field: Field, value: Any) -> str | None:
        html = str(clean_html(storable(str(value), longest=MAX_LENGTH))).strip()
        return html if plain_text(html) or "<img src" in html else None

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        return plain_text(value)

    def from_text(self, field: Field, text: str) -> str:
        """HTML as it is; a text without tags gets a paragraph for each of its lines."""
        if LOOKS_LIKE_HTML.search(text):
            return text
        lines = (line.strip() for line in text.splitlines())
        return format_html_join("", "<p>{}</p>", ((line,) for line in lines if line))

    def from_json(self, field: Field, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValidationError(_("A text is expected."))
        return raw

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        html = _recently_cleaned(value) if len(value) <= SHORT else clean_html(value)
        return format_html('<div class="sv-prose">{}</div>', html)

    @property
    def operators(self) -> Iterable[Operator]:
        return operators.TEXT
