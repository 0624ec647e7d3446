"""Making, changing and sharing reports. A report is its owner's alone to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, forget, schema_for
from lists_core.models import List, Report
from lists_core.reports.question import read_question
from lists_core.selectors.lists import access_list
from lists_core.selectors.reports import access_report, own_report, shared_with
from staff.models import Employee
from staff.services import audit
from staff.subjects import AUTHOR, Subject, holders
from svod.base.errors import Invalid

MAX_NAME = 200


@transaction.atomic
def create_report(
    list_id: int,
    name: str,
    question: Mapping[str, Any],
    *,
    actor: Employee,
    readers: Iterable[Subject] = (),
) -> Report:
    """A report of a list that the actor sees. Raises NotFound, Invalid."""
    forget()
    list_ = access_list(actor, Right.VIEW, list_id)
    report = Report.objects.create(
        list=list_,
        owner=actor,
        name=_name(name),
        question=_question(question, list_, actor),
        readers=_readers(readers),
    )
    _tell(report, set(), actor)
    return report


@transaction.atomic
def update_report(
    report_id: int,
    name: str,
    question: Mapping[str, Any],
    *,
    actor: Employee,
    readers: Iterable[Subject] = (),
) -> Report:
    """What the owner may no longer see of the list does not stay in it. Raises NotFound,
    Forbidden, Invalid."""
    forget()
    report = own_report(actor, report_id)
    before = set(shared_with(report))
    report.name = _name(name)
    report.question = _question(question, report.list, actor)
    report.readers = _readers(readers)
    report.save(update_fields=["name", "question", "readers", "modified_at"])
    _tell(report, before, actor)
    return report


@transaction.atomic
def copy_report(report_id: int, *, actor: Employee) -> Report:
    """A report of one's own, shared with nobody, of one that one sees. Raises NotFound."""
    forget()
    report = access_report(actor, report_id)
    name = _("%(name)s (copy)") % {"name": report.name[: MAX_NAME - 20]}
    return create_report(report.list_id, name, report.question, actor=actor)


@transaction.atomic
def delete_report(report_id: int, *, actor: Employee) -> Report:
    """It leaves every dashboard. Raises NotFound, Forbidden."""
    forget()
    report = own_report(actor, report_id)
    before, report.readers = set(shared_with(report)), []
    _tell(report, before, actor)
    Report.objects.filter(pk=report.pk).delete()
    return report


def _tell(report: Report, before: set[Subject], actor: Employee) -> None:
    """With whom the report is shared and is no more; nothing where that stays as it was."""
    after = set(shared_with(report))
    told = dict.fromkeys((one.code for one in after - before), "added")
    told |= dict.fromkeys((one.code for one in before - after), "removed")
    if told:
        audit.record(
            "report.shared", actor=actor, subject=f"report:{report.pk}",
            subject_name=report.name, about={"shared": told},
        )  # fmt: skip


def _name(name: str) -> str:
    clean = " ".join(name.replace("\0", "").split())
    if not clean:
        raise Invalid({"name": [_("Give the report a name.")]})
    if len(clean) > MAX_NAME:
        raise Invalid({"name": [_("The name is too long.")]})
    return clean


def _question(raw: Mapping[str, Any], list_: List, actor: Employee) -> dict[str, Any]:
    """As far as the actor may ask it."""
    return read_question(raw, schema_for(actor, list_)).to_json()


def _readers(subjects: Iterable[Subject]) -> list[int]:
    asked = set(subjects)
    if AUTHOR in asked:
        raise Invalid({"readers": [_("A report has no author but its owner.")]})
    found = holders(asked).values()
    return sorted({person if person else -(group or 0) for person, group in found})
