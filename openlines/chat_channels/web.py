"""The chat window on web sites: its script takes the answers by itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openlines.chat_channels.base import ChannelKind, ChannelSettings, channel_kinds

HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.ASCII)
COLOR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
MOST_SITES = 50
USUAL_COLOR = "#2b53c6"


class WebSettings(ChannelSettings):
    title = forms.CharField(
        label=_("Title of the window"), required=False, max_length=80,
        help_text=_("Empty shows the line’s name."),
    )  # fmt: skip
    color = forms.CharField(
        label=_("Colour of the button"),
        required=False,
        max_length=20,
        initial=USUAL_COLOR,
        widget=forms.TextInput({"type": "color"}),
    )
    origins = forms.CharField(
        label=_("Sites, one address a line"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(
            {"rows": 3, "placeholder": "https://shop.example", "spellcheck": "false"}
        ),
        help_text=_("Only pages of these sites may show the window."),
    )

    def clean_color(self) -> str:
        typed = str(self.cleaned_data["color"]).strip().lower()
        if typed and not COLOR.fullmatch(typed):
            raise ValidationError(_("Write the colour as #2b53c6."))
        return typed

    def clean_origins(self) -> str:
        """They stand in a header of the window: nothing but addresses gets there."""
        sites = list(dict.fromkeys(map(_origin, self.cleaned_data["origins"].split())))
        if len(sites) > MOST_SITES:
            raise ValidationError(_("%(most)s sites at most.") % {"most": MOST_SITES})
        return "\n".join(sites)


def _origin(typed: str) -> str:
    """`https://Магазин.рф/` → `https://xn--80aairftm.xn--p1ai`."""
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host = parts.netloc.lower().encode("idna").decode("ascii")
    except ValueError:  # UnicodeError is one
        host = ""
    plain = parts.path in {"", "/"} and not (parts.query or parts.fragment) if host else False
    if not plain or parts.scheme not in {"http", "https"} or not HOST.fullmatch(host):
        raise ValidationError(_("This is no address of a site: %(typed)s") % {"typed": typed[:80]})
    return f"{parts.scheme}://{host}"


def is_origin(given: str) -> bool:
    """Whether it is what `clean_origins` keeps."""
    try:
        return _origin(given) == given
    except ValidationError:
        return False


@channel_kinds.register
class WebChat(ChannelKind):
    slug = "web"
    label = _("Chat on a web site")
    about = _("A button in the corner of your site opens a window where visitors write.")
    icon = "world"
    setup_template = "chat/partials/setup_web.html"
    SettingsForm = WebSettings
    is_pulled = True
    shows_typing = True
