"""What open lines add to the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openlines.selectors.inbox import waiting_count
from openlines.selectors.lines import is_of_lines
from svod.shell import MenuItem, menu


def add_menu() -> None:
    menu.register(
        MenuItem(
            slug="chat",
            label=_("Chats"),
            icon="message-circle",
            url_name="chat",
            under="/chat/",
            order=17,
            count=waiting_count,
            count_url="chat_count",
            count_live="chat",
            shown_to=is_of_lines,
        )
    )
