"""What the grid's own views answer with, besides pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse

from lists_core.addresses import list_url
from lists_core.models import List
from svod.base.htmx import trigger


def show_state(list_: List, query: str, *, history: str = "push") -> HttpResponse:
    """Tell the page to load the grid in another state; the address changes with it, and with
    "replace" the way back does not lead through the old one."""
    response = HttpResponse(status=204)
    trigger(response, "grid:go", {"url": list_url(list_) + query, "history": history})
    return response


def done_in_state(list_: List, query: str) -> HttpResponse:
    """The same for an answer to a dialog, which closes."""
    response = HttpResponse(status=204)
    trigger(response, "svod:saved", {"go": list_url(list_) + query})
    return response


def reload(*, drop: str = "") -> HttpResponse:
    """Tell the page to load the grid anew; `drop` names parameters to leave out of the address."""
    response = HttpResponse(status=204)
    trigger(response, "svod:saved", {"drop": drop})
    return response


def link_if(name: str, *args: Any) -> str:
    """The address of a page that an installation may lack, or an empty string."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
