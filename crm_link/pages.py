"""Tells lists_core where and how the lists of CRM are shown."""

from __future__ import annotations

from functools import partial

from django.urls import reverse

from crm_link.boards import add_boards
from crm_link.kinds import Kind, kinds
from crm_link.navigation import add_kinds
from crm_link.shapes import shape_url
from lists_core.addresses import ListPages, list_pages


def add_pages() -> None:
    add_kinds()
    add_boards()
    for kind in kinds:
        list_pages.register(
            ListPages(
                kind.system,
                list_url=partial(reverse, "crm_list", args=[kind.slug]),
                element_url=partial(_card, kind),
                shape_url=partial(shape_url, kind),
            )
        )


def _card(kind: Kind, element_id: int) -> str:
    return reverse("crm_card", args=[kind.slug, element_id])
