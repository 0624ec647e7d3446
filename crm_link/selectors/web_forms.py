"""Reading web forms and the ways by which their leads came."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import models
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import LEAD
from crm_link.models import Submission, Visit, WebForm
from crm_link.selectors.kinds import list_of
from crm_link.web_form_page import MARKS
from lists_core.access import Right, list_rights
from lists_core.element_tabs import Target
from lists_core.schema.compile import Schema

SHOWN = 100


Marks = Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """A page of the site that the sender opened."""

    at: datetime
    url: str


@dataclass(frozen=True)
class Way:
    """How a lead's sender came: the message itself and the pages before it, the oldest first.

    `first` and `last` are the UTM marks of the first and the last visit that had any. `is_open`
    is false where the reader may not know where the lead came from: then there are no addresses.
    """

    form: str
    agreed: str
    first: Marks
    last: Marks
    is_open: bool = False
    page: str = ""
    referrer: str = ""
    visits: Sequence[Page] = ()


class Closed(models.TextChoices):
    """Why a form that is on turns visitors away."""

    LEFT = "left", _("Closed: its employee is deactivated")
    RIGHTS = "rights", _("Closed: its employee may add no leads")


def web_forms_with_counts() -> list[tuple[WebForm, Closed | None]]:
    """All of them, with `leads` and the moment of the `latest`, and whether they are closed."""
    rows = WebForm.objects.select_related("owner")
    rows = rows.annotate(leads=Count("came"), latest=Max("came__at"))
    return [(row, closed(row)) for row in rows]


def closed(form: WebForm) -> Closed | None:
    if not form.owner.is_active:
        return Closed.LEFT
    place = list_rights(form.owner, list_of(LEAD).pk).place(None)
    return None if Right.ADD in place.on_some else Closed.RIGHTS


def path_of_lead(target: Target) -> Way | None:
    """None for an item that came by no form. The lead's own fields repeat it, so each part is
    told to whoever may see the field: addresses as SOURCE_INFO, marks as UTM_SOURCE and so on."""
    submission = Submission.objects.select_related("form").filter(lead=target.id).first()
    if submission is None:
        return None
    visits = _visits(submission)
    marked = [visit.marks for visit in visits if visit.marks] or [submission.marks]
    first, last = (_known(target.schema, marks) for marks in (marked[0], marked[-1]))
    way = Way(submission.form.name if submission.form else "", submission.agreed, first, last)
    return _with_addresses(way, target.schema, submission, visits)


def _with_addresses(
    way: Way, schema: Schema, submission: Submission, visits: Sequence[Visit]
) -> Way:
    """Where a mark is closed, addresses come without what stands behind their "?"."""
    if _is_closed(schema, "SOURCE_INFO"):
        return way
    bare = any(_is_closed(schema, mark.upper()) for mark in MARKS)
    pages = [Page(one.at, _address(one.url, bare=bare)) for one in visits]
    page, referrer = (_address(one, bare=bare) for one in (submission.page, submission.referrer))
    return replace(way, is_open=True, page=page, referrer=referrer, visits=pages)


def _address(url: str, *, bare: bool) -> str:
    return re.split("[?#]", url)[0] if bare else url


def _known(schema: Schema, marks: Marks) -> Marks:
    return {name: mark for name, mark in marks.items() if not _is_closed(schema, name.upper())}


def _is_closed(schema: Schema, code: str) -> bool:
    """Whether the list has the field and the reader does not."""
    return code in (schema.whole or schema).by_code and code not in schema.by_code


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
