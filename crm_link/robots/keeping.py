"""Processes that robots make are edited on the page of robots."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_link.models import Questionnaire
from crm_link.navigation import NavItem, crm_navigation
from crm_link.robots import slot  # noqa: F401  # registers itself
from crm_link.services.robots import KEEPER, template_url
from workflows.keepers import Keeper, keepers


def add_keeper() -> None:
    keepers.register(Keeper(KEEPER, _("Robots"), template_url))
    crm_navigation.register(
        NavItem(
            "qualification", _("Qualification"), "crm_qualification_report", order=200,
            shown=lambda _actor, seen: bool(seen) and Questionnaire.objects.exists(),
        )
    )  # fmt: skip
