"""Where lists and their elements are found. An upper app gives the lists it keeps own pages:

list_pages.register(ListPages("crm.deal", list_url=…, element_url=…))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from svod.base.registry import Registry

if TYPE_CHECKING:
    from lists_core.models import List


@dataclass(frozen=True)
class ListPages:
    """The pages of the list whose `system` is `slug`."""

    slug: str
    list_url: Callable[[], str]
    #: From the element's id.
    element_url: Callable[[int], str]
    #: From the slug of a shape other than the table (`lists_core/shapes.py`).
    shape_url: Callable[[str], str] | None = None


list_pages: Registry[ListPages] = Registry("list pages")


def list_url(list_: List) -> str:
    if list_.system in list_pages:
        return list_pages.get(list_.system).list_url()
    return reverse("list", args=[list_.pk])


def element_url(list_: List, element_id: int) -> str:
    if list_.system in list_pages:
        return list_pages.get(list_.system).element_url(element_id)
    return reverse("element", args=[list_.pk, element_id])


def shape_url(list_: List, shape: str, url_name: str) -> str:
    """Where the list shows in another shape than the table; `url_name` is the usual page."""
    own = list_pages.get(list_.system).shape_url if list_.system in list_pages else None
    return own(shape) if own else reverse(url_name, args=[list_.pk])
