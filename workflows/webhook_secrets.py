"""Secrets that sign what processes send: kept sealed, by a name that steps use."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workflows.engine.errors import Fatal
from workflows.models import WebhookSecret


def context_of(template_id: int) -> str:
    """What a sealed secret is bound to: moved to another template it does not open."""
    return f"webhook:{template_id}"


def sealed_secret(template_id: int, name: str) -> str:
    """The secret as it is stored. Raises Fatal when the template has none of that name."""
    row = WebhookSecret.objects.filter(template=template_id, name=name).first()
    if row is None:
        raise Fatal(_("The process has no secret “%(name)s”.") % {"name": name[:64]})
    return row.sealed
