"""Tells lists_core where the lists of CRM are shown."""

from __future__ import annotations

from functools import partial

from django.urls import reverse

from crm_link.kinds import Kind, kinds
from lists_core.addresses import ListPages, list_pages


def add_pages() -> None:
    for kind in kinds:
        list_pages.register(
            ListPages(
                kind.system,
                list_url=partial(reverse, "crm_list", args=[kind.slug]),
                element_url=partial(_card, kind),
            )
        )


def _card(kind: Kind, element_id: int) -> str:
    return reverse("crm_card", args=[kind.slug, element_id])
