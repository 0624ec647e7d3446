"""Incoming webhooks, and the secrets that sign outgoing ones."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.models.templates import Template


class Hook(models.Model):
    """The address by which strangers start a template; the token itself is stored nowhere.

    It stands apart from triggers, which every publishing writes anew.
    """

    template = models.OneToOneField(Template, on_delete=models.CASCADE, related_name="hook")
    token_hash = models.CharField(max_length=64, unique=True)
    #: Sealed by the vault; "" when messages need not be signed.
    secret = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Incoming webhook")
        verbose_name_plural = _("Incoming webhooks")


class WebhookSecret(models.Model):
    """A secret by its name in the template's steps, sealed by the vault."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(_("Name"), max_length=64)
    sealed = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "name"], name="webhook_secret_name")
        ]
