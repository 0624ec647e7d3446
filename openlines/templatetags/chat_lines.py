"""What pages of lines and the desk's bar are drawn from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openlines.chat_channels.base import ChannelKind, channel_kinds
from openlines.models import Channel, Line, LineMember
from openlines.selectors.desk import may_manage_lines

register = template.Library()
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@register.inclusion_tag("chat/partials/bar.html", takes_context=True)
def chat_bar(context: template.Context) -> dict[str, Any]:
    """The desk's bar: a rest from the queue, and the way to the lines for who keeps any."""
    request = context["request"]
    own = LineMember.objects.filter(employee=request.user, line__deleted_at=None)
    rows = list(own.values_list("role", "is_paused"))
    operating = [paused for role, paused in rows if role == LineMember.Role.OPERATOR]
    supervises = len(operating) < len(rows)
    return {
        "request": request,
        "is_operator": bool(operating),
        "paused": bool(operating) and all(operating),
        "keeps_lines": supervises or may_manage_lines(request.user),
    }


@register.filter
def kind(channel: Channel) -> ChannelKind | None:
    """The channel's kind; None for one whose program is gone."""
    return channel_kinds.get(channel.kind) if channel.kind in channel_kinds else None


@register.filter
def spent(value: timedelta | None) -> str:
    """`12 s`, `5 min`, `1 h 20 min`, `2 d 3 h`; a dash for nothing."""
    if value is None:
        return "—"
    seconds = max(0, round(value.total_seconds()))
    if seconds < MINUTE:
        return _("%(s)s s") % {"s": seconds}
    if seconds < HOUR:
        return _("%(m)s min") % {"m": seconds // MINUTE}
    if seconds < DAY:
        given = {"h": seconds // HOUR, "m": seconds % HOUR // MINUTE}
        return _("%(h)s h %(m)s min") % given if given["m"] else _("%(h)s h") % given
    given = {"d": seconds // DAY, "h": seconds % DAY // HOUR}
    return _("%(d)s d %(h)s h") % given if given["h"] else _("%(d)s d") % given


@register.filter
def ago(moment: datetime | None) -> str:
    """How long since, as `spent` tells it."""
    return spent(timezone.now() - moment if moment else None)


@register.filter
def said_at(moment: datetime) -> str:
    """The hour of today, the day as well of what was said before."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    return date_format(local, "H:i" if is_today else "j M, H:i")


@register.simple_tag(takes_context=True)
def line_tabs(context: template.Context, line: Line) -> list[dict[str, Any]]:
    """The tabs over every page of a line; supervisors have the last three alone."""
    current = context["request"].resolver_match.url_name
    pages = [
        ("chat_line_replies", _("Quick replies")),
        ("chat_line_now", pgettext("line", "Now")),
        ("chat_line_statistics", _("Statistics")),
    ]
    if may_manage_lines(context["request"].user):
        pages = [
            ("chat_line", _("Settings")),
            ("chat_line_people", _("Operators")),
            ("chat_channels", _("Channels")),
            *pages,
        ]
    return [
        {"label": label, "url": reverse(name, args=[line.pk]), "current": name == current}
        for name, label in pages
    ]


@register.simple_tag
def web_code(channel: Channel, portal: str) -> str:
    """The line that a site puts into its pages, as text."""
    address = portal + reverse("chat_window_script", args=[channel.token])
    known = {"color": channel.settings.get("color"),
             "label": channel.settings.get("title") or channel.line.name}  # fmt: skip
    more = "".join(f' data-{name}="{escape(value)}"' for name, value in known.items() if value)
    return f'<script async src="{address}"{more}></script>'
