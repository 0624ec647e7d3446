"""An element's page: in the drawer or on its own, with the frame that all its tabs share.

The view of a tab, of this app or of an upper one, answers by `element_page`. An upper app puts
a frame of its own around the elements of the lists it keeps:

    element_frames.register(ElementFrame("crm.deal", "crm/card/frame.html", card_frame))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict

from lists_core.access import Right, list_rights
from lists_core.addresses import element_url
from lists_core.element_tabs import Target, element_tabs
from lists_core.models import List, Section
from lists_core.selectors.sections import section_path
from staff.models import Employee
from svod.base.htmx import current_page, render_page, wants_fragment
from svod.base.http import PortalRequest
from svod.base.registry import Registry

STATE = ("filter", "q", "sort", "section", "sub", "page", "size")


FRAME = "lists/element/frame.html"


@dataclass(frozen=True)
class ElementFrame:
    """The frame of the elements of the list whose `system` is `slug`. `context` gives what the
    template needs beyond what every frame has, `tabs` (as `drawn_tabs`) among it."""

    slug: str
    template: str
    context: Callable[[PortalRequest, Target, str], Mapping[str, Any]]


element_frames: Registry[ElementFrame] = Registry("element frame")


def element_page(
    request: PortalRequest,
    target: Target,
    tab: str,
    template: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """A tab of the element inside the frame of its page; `template` as `render_page` takes it."""
    state = grid_state(request, target.list)
    # Tabs that every list has stand below /lists/, whatever menu entry the element is under.
    request.belongs_under = element_url(target.list, target.id)
    frame = {
        "list": target.list,
        "row": target.row,
        "path": path_of(target.list, target.row.section, target.actor),
        "may": may_on(target),
        "state": f"?{state.urlencode()}" if state else "",
        "drawer": wants_fragment(request),
        "link": request.build_absolute_uri(element_url(target.list, target.id)),
        **around(request, target, tab),
    }
    return render_page(request, template, {**frame, **context})


def around(request: PortalRequest, target: Target, tab: str) -> dict[str, Any]:
    """The template of the frame, and the tabs."""
    if target.list.system not in element_frames:
        return {"frame": FRAME, "tabs": drawn_tabs(target, tab)}
    own = element_frames.get(target.list.system)
    return {"frame": own.template, "framed": True, **own.context(request, target, tab)}


def may_on(target: Target) -> dict[str, bool]:
    """What the page offers; a copy is added beside the element, where it stands."""
    place = list_rights(target.actor, target.list.pk).place(target.row.section)
    may = {right.name.lower(): target.may(right) for right in Right}
    return may | {"add": Right.ADD in place.on_some}


def drawn_tabs(target: Target, current: str) -> list[dict[str, Any]]:
    tabs = sorted((tab for tab in element_tabs if tab.shown(target)), key=lambda tab: tab.order)
    return [
        {
            "label": tab.label,
            "count": tab.count(target),
            "url": tab.url(target),
            "current": tab.slug == current,
        }
        for tab in tabs
    ]


def path_of(list_: List, section_id: int | None, actor: Employee) -> list[Section]:
    """The sections above an element, for its breadcrumbs; none when the actor knows them not."""
    known = section_id is not None and list_rights(actor, list_.pk).knows(section_id)
    if not known or not list_.has_sections:
        return []
    section = Section.objects.filter(list=list_, pk=section_id).first()
    return section_path(section) if section else []


def grid_state(request: PortalRequest, list_: List) -> QueryDict:
    """The grid's parameters: those of this address, or those of the grid under the drawer."""
    own = kept(request.GET)
    if own or not wants_fragment(request):
        return own
    page = current_page(request)
    return kept(QueryDict(page.query)) if page.path == list_.get_absolute_url() else own


def kept(params: QueryDict) -> QueryDict:
    state = QueryDict(mutable=True)
    for name in STATE:
        value = params.get(name)
        if isinstance(value, str) and value:
            state[name] = value
    return state
