"""Processes that robots make are edited on the page of robots."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_link.services.robots import KEEPER, template_url
from workflows.keepers import Keeper, keepers


def add_keeper() -> None:
    keepers.register(Keeper(KEEPER, _("Robots"), template_url))
