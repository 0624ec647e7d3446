"""What the settings of a binding field say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_link.kinds import Kind, kinds

if TYPE_CHECKING:
    from lists_core.models import Field

#: Slug of the field type.
BINDING = "crm"


def kinds_of(field: Field) -> list[Kind]:
    """The kinds that the field may be bound to, in their order; all of them by default."""
    named = field.settings.get("kinds")
    known = [kind for kind in kinds if not isinstance(named, list) or kind.slug in named]
    return known or list(kinds)


def is_visible(field: Field) -> bool:
    """The list is a tab in the cards of these kinds."""
    return bool(field.settings.get("visible"))
