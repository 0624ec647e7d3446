"""The values of an element as a page shows them."""

from __future__ import annotations

from typing import Any

from lists_core.element_tabs import Target
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import row_titles


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
