"""The chat window on web sites: its script takes the answers by itself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from openlines.chat_channels.base import ChannelKind, ChannelSettings, channel_kinds


class WebSettings(ChannelSettings):
    origins = forms.CharField(
        label=_("Sites, one address a line"),
        required=False,
        widget=forms.Textarea({"rows": 3, "placeholder": "https://shop.example"}),
        help_text=_("Only pages of these sites may show the window."),
    )
    title = forms.CharField(label=_("Title of the window"), required=False, max_length=80)
    color = forms.CharField(label=_("Colour"), required=False, max_length=20)


@channel_kinds.register
class WebChat(ChannelKind):
    slug = "web"
    label = _("Chat on a web site")
    icon = "world"
    SettingsForm = WebSettings
    is_pulled = True
    shows_typing = True
