"""An element's page: in the drawer or on its own, with the frame that all its tabs share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lists_core.access import Right, list_rights
from lists_core.element_tabs import ElementTab, Target, element_tabs, open_target
from lists_core.models import List, Section
from lists_core.schema.fields import SchemaField
from lists_core.selectors.sections import section_path
from lists_core.selectors.titles import row_titles
from lists_core.views.element_state import grid_state
from staff.models import Employee
from svod.base.htmx import render_page, wants_fragment
from svod.base.http import PortalRequest

element_tabs.register(ElementTab("fields", _("Fields"), "element", order=0))


@login_required
@require_GET
def element(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The values of an element."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    context = shown_values(target)
    return element_page(request, target, "fields", "lists/element/element.html", context)


def element_page(
    request: PortalRequest,
    target: Target,
    tab: str,
    template: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """A tab of the element inside the frame of its page; `template` as `render_page` takes it."""
    state = grid_state(request, target.list)
    frame = {
        "list": target.list,
        "row": target.row,
        "tabs": drawn_tabs(target, tab),
        "path": path_of(target.list, target.row.section, target.actor),
        "may": may_on(target),
        "state": f"?{state.urlencode()}" if state else "",
        "drawer": wants_fragment(request),
        "link": request.build_absolute_uri(reverse("element", args=[target.list.pk, target.id])),
    }
    return render_page(request, template, {**frame, **context})


def may_on(target: Target) -> dict[str, bool]:
    """What the page offers; a copy is added beside the element, where it stands."""
    place = list_rights(target.actor, target.list.pk).place(target.row.section)
    may = {right.name.lower(): target.may(right) for right in Right}
    return may | {"add": Right.ADD in place.own}


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


def shown_values(target: Target) -> dict[str, Any]:
    """The fields with their values as HTML, and who made and changed the element."""
    fields = target.schema.all_fields
    titles = row_titles(fields, [target.row], actor=target.actor)

    def drawn(field: SchemaField) -> dict[str, Any]:
        value = field.read(target.row)
        html = field.render(value, titles.get(field.key, {}))
        return {"field": field, "name": field.name, "html": html}

    return {
        "values": [drawn(field) for field in target.schema.fields],
        "about": {field.code: drawn(field)["html"] for field in target.schema.system},
    }
