"""Reading web forms and the ways by which their leads came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from crm_link.models import Submission, Visit, WebForm
from lists_core.element_tabs import Target

SHOWN = 100


@dataclass(frozen=True)
class Way:
    """How a lead's sender came: the message itself and the pages before it, the oldest first.

    `first` and `last` are the UTM marks of the first and the last visit that had any.
    """

    submission: Submission
    visits: Sequence[Visit]
    first: Mapping[str, str]
    last: Mapping[str, str]


def web_forms_with_counts() -> QuerySet[WebForm]:
    """All of them, with `leads` and the moment of the `latest`."""
    return WebForm.objects.annotate(leads=Count("came"), latest=Max("came__at"))


def path_of_lead(element_id: int) -> Way | None:
    """Of an item that the reader sees; None for one that came by no form."""
    submission = Submission.objects.select_related("form").filter(lead=element_id).first()
    if submission is None:
        return None
    visits = _visits(submission)
    marked = [visit.marks for visit in visits if visit.marks] or [submission.marks]
    return Way(submission, visits, marked[0], marked[-1])


def _visits(submission: Submission) -> list[Visit]:
    """Only those of the same form: the number of a browser is its own on each site."""
    if submission.visitor is None or submission.form_id is None:
        return []
    rows = Visit.objects.filter(
        visitor=submission.visitor, form=submission.form_id, at__lte=submission.at
    )
    return list(rows.order_by("-pk")[:SHOWN])[::-1]


def has_way(target: Target) -> bool:
    """Whether a lead has the tab of visits."""
    if target.list.system != "crm.lead":
        return False
    return Submission.objects.filter(lead=target.id).exists()
