"""What the page of a line tells of its list of quick replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lists_core.access import visible_lists
from lists_core.models import List
from lists_core.selectors.elements import Count, capped_count
from openlines.models import Line
from openlines.selectors.desk import visible_lines
from openlines.selectors.replies import replies_for
from staff.models import Employee


@dataclass(frozen=True)
class Facts:
    """The list, how many replies of it the person sees for this line, the other lines that
    use it. `lost` says that the list lies in the bin."""

    list: List | None
    number: Count | None
    shared_with: Sequence[Line]
    lost: bool = False


def facts_of(line: Line, actor: Employee) -> Facts:
    """Nothing of a list that the person may not see."""
    list_ = visible_lists(actor).filter(pk=line.replies_id).first() if line.replies_id else None
    if list_ is None:
        return Facts(None, None, [], lost=bool(line.replies_id))
    replies = replies_for(line, actor)
    others = visible_lines(actor).filter(replies=list_).exclude(pk=line.pk)
    return Facts(list_, capped_count(replies.rows()) if replies else None, list(others))
