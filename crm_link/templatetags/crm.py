"""`{% load crm %}`: what pages of CRM share."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from crm_link.navigation import navigation

register = template.Library()


@register.inclusion_tag("components/tabs.html", takes_context=True)
def crm_navigation(context: template.Context) -> dict[str, Any]:
    """The bar of CRM with the entry of this page marked."""
    request = context["request"]
    return {"tabs": navigation(request.user, request.path), "label": _("CRM")}
