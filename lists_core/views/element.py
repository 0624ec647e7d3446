"""The tab of an element's values."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, Target, element_tabs, open_target
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import row_titles
from svod.base.http import PortalRequest

element_tabs.register(ElementTab("fields", _("Fields"), "element", order=0))


@login_required
@require_GET
def element(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The values of an element."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    context = shown_values(target)
    return element_page(request, target, "fields", "lists/element/element.html", context)


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
