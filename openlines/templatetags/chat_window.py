"""The words that the chat window's script speaks."""

from __future__ import annotations

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def window_texts() -> SafeString:
    texts = {
        "retry": _("Try again"),
        "cw_offline": _("No connection. What you wrote is not lost."),
        "cw_typing": _("Writing an answer…"),
    }
    return json_script(texts, "svod-texts")
