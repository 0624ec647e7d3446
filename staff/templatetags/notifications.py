"""`{% load notifications %}`: the bell of the top bar."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import gettext, ngettext

from staff.selectors_notifications import COUNT_LIMIT, unread

register = template.Library()


@register.inclusion_tag("components/shell/bell.html", takes_context=True)
def bell(context: dict[str, Any]) -> dict[str, Any]:
    """The bell with the number of the person's unread news: one query."""
    count, last = unread(context["user"])
    return {"label": bell_label(count), "shown": count_text(count), "last": last}


@register.simple_tag
def live_address() -> str:
    """Where pages listen for live news; "" where there is no Redis to bring them."""
    return "/live/" if settings.LIVE_REDIS_URL else ""


def bell_label(count: int) -> str:
    """The bell's name for those who do not see it."""
    many = ngettext("Notifications: %(count)d unread", "Notifications: %(count)d unread", count)
    return many % {"count": count} if count else gettext("Notifications")


def count_text(count: int) -> str:
    """ "7", "99+" or "" for none."""
    return f"{COUNT_LIMIT}+" if count > COUNT_LIMIT else str(count or "")
