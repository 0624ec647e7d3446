"""Where in a list of quick replies a person may put one."""

from __future__ import annotations

from lists_core.access import Right, list_rights
from lists_core.selectors.sections import section_choices
from openlines.selectors.replies import Replies

#: The list's root, beside the ids of categories.
NO_CATEGORY = 0


def places_to_save(replies: Replies) -> list[tuple[int, str]]:
    """Ids with names of the categories in which the person may add, in their order; the root is
    named by nothing."""
    rights = list_rights(replies.actor, replies.list.pk)
    root = [(NO_CATEGORY, "")] if Right.ADD in rights.place(None).on_some else []
    if not replies.list.has_sections:
        return root
    return [*section_choices(replies.list, replies.actor, right=Right.ADD), *root]
