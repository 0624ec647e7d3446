"""What a card tells of the lists that are bound to its item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from crm_link.figures import Told, tell
from crm_link.kinds import Kind
from crm_link.models import TabFigure
from crm_link.refs import CrmRef
from crm_link.selectors.tabs import BoundList, bound_lists
from lists_core.access import remembering
from lists_core.models import List
from lists_core.selectors.elements import elements
from lists_core.selectors.fence import in_time
from staff.models import Employee

BUDGET_MS = 1000


@dataclass(frozen=True)
class Summary:
    """The figures of one list; None where they took longer than they may."""

    list: List
    url: str
    figures: Sequence[Told] | None


def figures_of(kind: Kind, **among: object) -> list[TabFigure]:
    """What cards of the kind tell, in order."""
    rows = TabFigure.objects.filter(kind=kind.slug, **among).select_related("field", "option")
    return list(rows.order_by("list", "place", "pk"))


def has_figures(kind: Kind) -> bool:
    return TabFigure.objects.filter(kind=kind.slug).exists()


def summaries(actor: Employee, kind: Kind, ref: CrmRef) -> list[Summary]:
    """The figures of the lists whose tabs the person sees."""
    asked: dict[int, list[TabFigure]] = defaultdict(list)
    for figure in figures_of(kind):
        asked[figure.list_id].append(figure)
    with remembering():
        bound = [one for one in bound_lists(actor, kind) if one.list.pk in asked]
        return [_summary(actor, kind, ref, one, asked[one.list.pk]) for one in bound]


def _summary(
    actor: Employee, kind: Kind, ref: CrmRef, one: BoundList, figures: Sequence[TabFigure]
) -> Summary:
    rows = elements(one.schema, actor).filter(one.rows(ref))
    told = in_time(lambda: tell(rows, one.schema, figures), BUDGET_MS)
    return Summary(one.list, reverse("crm_card_list", args=[kind, ref.id, one.list.pk]), told)
