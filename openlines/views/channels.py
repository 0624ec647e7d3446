"""The channels of a line: what each kind asks is its own form, what it tells its own template."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openlines.chat_channels.base import channel_kinds
from openlines.line_form import ChannelForm
from openlines.models import Channel, Line
from openlines.selectors.lines import Need, access_channel, access_line, channels_of
from openlines.services import lines as services
from svod.base.errors import Invalid, NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def channels(request: PortalRequest, line_id: int) -> HttpResponse:
    """The channels of a line, and the kinds there are."""
    found = access_line(request.user, line_id, Need.MANAGE)
    context = {"line": found, "channels": channels_of([found.pk]), "kinds": channel_kinds.all()}
    return render_page(request, "chat/channels.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def channel_add(request: PortalRequest, line_id: int, kind: str) -> HttpResponse:
    found = access_line(request.user, line_id, Need.MANAGE)
    if kind not in channel_kinds:
        raise NotFound
    new = Channel(line=found, kind=kind)
    form = ChannelForm(new, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_channel(found, kind, actor=request.user, **form.values)
            toast(request, _("The channel is made."))
            return _to(request, made)
        except Invalid as error:
            form.add_domain_errors(error)
    return _drawn(request, form, new)


@login_required
@require_http_methods(["GET", "POST"])
def channel(request: PortalRequest, line_id: int, channel_id: int) -> HttpResponse:
    """Its settings, how it is connected and how it stands."""
    found = _known(access_channel(request.user, line_id, channel_id))
    form = ChannelForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        active = form.cleaned_data["is_active"]
        try:
            services.update_channel(found, actor=request.user, is_active=active, **form.values)
            toast(request, _("Saved."))
            return _to(request, found)
        except Invalid as error:
            form.add_domain_errors(error)
    return _drawn(request, form, found)


@login_required
@require_POST
def channel_switch(request: PortalRequest, line_id: int, channel_id: int) -> HttpResponse:
    found = access_channel(request.user, line_id, channel_id)
    active = request.POST.get("active") == "1"
    services.switch_channel(found, actor=request.user, is_active=active)
    return _to_all(request, found.line)


@login_required
@require_POST
def channel_address(request: PortalRequest, line_id: int, channel_id: int) -> HttpResponse:
    """Another public address, where the old one became known to the wrong people."""
    found = access_channel(request.user, line_id, channel_id)
    services.renew_token(found, actor=request.user)
    toast(request, _("The address is a new one. Put it wherever the old one stands."))
    return _to(request, found)


@login_required
@require_POST
def channel_delete(request: PortalRequest, line_id: int, channel_id: int) -> HttpResponse:
    found = access_channel(request.user, line_id, channel_id)
    services.delete_channel(found, actor=request.user)
    toast(request, _("The channel is deleted; its conversations stay."))
    return _to_all(request, found.line)


@login_required
@require_GET
def channel_preview(request: PortalRequest, line_id: int, channel_id: int) -> HttpResponse:
    """A page as a site's, with the window in its corner."""
    found = access_channel(request.user, line_id, channel_id)
    if found.kind != "web":
        raise NotFound
    return render(request, "chat/preview.html", {"channel": found, "line": found.line})


def _drawn(request: PortalRequest, form: ChannelForm, found: Channel) -> HttpResponse:
    kind, portal = channel_kinds.get(found.kind), _portal(request)
    path = kind.public_path(found) if found.pk else ""
    context: dict[str, Any] = {
        "form": form,
        "channel": found,
        "line": found.line,
        "kind": kind,
        "portal": portal,
        "address": portal + path if path else "",
    }
    status = 422 if form.errors or form.more.errors else 200
    page = "chat/channel.html" if found.pk else "chat/channel_add.html"
    return render_page(request, page, context, status=status)


def _portal(request: PortalRequest) -> str:
    """The portal's own address; where none is set, the one it was just asked by."""
    return (settings.PORTAL_URL or request.build_absolute_uri("/")).rstrip("/")


def _known(found: Channel) -> Channel:
    """A channel whose kind's program is gone has no settings any more."""
    if found.kind not in channel_kinds:
        raise NotFound
    return found


def _to(request: PortalRequest, found: Channel) -> HttpResponse:
    return go_to(request, reverse("chat_channel", args=[found.line_id, found.pk]))


def _to_all(request: PortalRequest, line: Line) -> HttpResponse:
    return go_to(request, reverse("chat_channels", args=[line.pk]))
