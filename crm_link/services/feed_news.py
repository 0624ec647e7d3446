"""Telling that a consolidation rule fails: nobody looks at its page while it works."""

from __future__ import annotations

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm_link.access import crm_managers
from crm_link.models import FeedRule
from staff.services.notifications import notify

FAILS = _("The consolidation “{rule}” fails: {why}")


def tell_fails(rule: FeedRule, why: str) -> None:
    """To whoever may see that on the page of the rules, its author among them."""
    text = format_lazy(FAILS, rule=rule.name, why=why)
    notify(crm_managers(), "consolidation", text, url=reverse("crm_feed_rules"))
