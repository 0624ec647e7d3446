"""Channels: the ways by which customers write to a line."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlines.models.lines import Line


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Channel(models.Model):
    """One bot, mailbox, site widget or webhook.

    `token` stands in public addresses and is no secret of the portal's; `sealed` is (a bot's
    key, a mailbox's password), closed by the vault.
    """

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(_("Kind"), max_length=20)
    name = models.CharField(_("Name"), max_length=200)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    settings = models.JSONField(default=dict, blank=True)
    sealed = models.TextField(blank=True, editable=False)
    is_active = models.BooleanField(_("Works"), default=True)
    #: How far the channel was read: the last update of a bot, the last letter of a mailbox.
    position = models.CharField(max_length=200, blank=True, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    error = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    #: A deleted channel takes nothing; what was said through it stays to be read.
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Channel")
        verbose_name_plural = _("Channels")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
