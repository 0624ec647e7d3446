"""The secret of a channel: a bot's key, a mailbox's password, a key of signatures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openlines.models import Channel
from svod.base.errors import DomainError
from svod.base.vault import VaultError, ring


class NoSecret(DomainError):
    """The channel has none, or none that opens with this portal's keys."""

    code = "no_secret"
    message = _("The channel’s secret is missing. Enter it once more in its settings.")


def secret_of(channel: Channel) -> str:
    """Raises NoSecret."""
    if not channel.sealed:
        raise NoSecret
    try:
        return ring().open(channel.sealed, context=channel.token)
    except VaultError as error:
        raise NoSecret from error
