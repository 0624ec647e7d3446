"""Hand an item to somebody: a named person, the head, whoever's turn it is, the least busy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from crm_link.services.choosing import least_busy, next_in_turn, present
from lists_core.models import List
from lists_core.services.elements import Changed, update_element
from staff.models import Employee
from staff.selectors import employees_by_ids
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.engine.errors import Fatal, Retry
from workflows.people import manager_of, people_of

if TYPE_CHECKING:
    from workflows.engine.context import Context

RULES = {
    "person": _("to the first of these people"),
    "head": _("to the head of the present responsible"),
    "turn": _("to these people in turn"),
    "busy": _("to the least busy of these people"),
}


@actions.register
class ChangeResponsible(Action):
    slug = "crm_responsible"
    label = _("Change the responsible")
    group = "people"
    icon = "user-share"
    outputs = (Output("employee", _("Responsible"), "employee"),)
    #: Turns and loads are looked at one after the other.
    isolated = True

    class Params(ActionParams):
        rule: Annotated[
            Literal["person", "head", "turn", "busy"],
            Shown(_("To whom"), widget="choice", options=RULES),
        ] = "person"
        people: Annotated[
            list[Any],
            Shown(
                _("People"), widget="people", raw=True,
                help=_("Departments and groups mean all who are in them. Not needed for the head."),
            ),
        ] = []  # fmt: skip
        absent: Annotated[bool, Shown(_("Pass over those who are away"), widget="boolean")] = True

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        subject = context.subject
        now = subject.get("RESPONSIBLE")
        chosen = self._chosen(context, params, subject)
        if chosen.pk != now:
            try:
                update_element(
                    subject.schema.list_id, subject.row.pk, {"RESPONSIBLE": chosen.pk},
                    version=subject.row.version, actor=context.actor,
                )  # fmt: skip
            except Changed as error:
                raise Retry(str(error)) from error
        return {"employee": chosen.pk}

    def _chosen(self, context: Context, params: Params, subject: Any) -> Employee:
        if params.rule == "head":
            return _head(subject.get("RESPONSIBLE"))
        people: Sequence[Employee] = people_of(params.people, context)
        people = present(people) if params.absent else people
        if params.rule == "turn":
            version = context.instance.version
            return next_in_turn(f"{version.template_id}:{context.node.id}", people)
        if params.rule == "busy":
            return least_busy(List.objects.get(pk=subject.schema.list_id), people)
        return people[0]

    def mistakes(self, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if params.get("rule", "person") != "head" and not params.get("people"):
            yield "people", _g("Choose people.")

    def summary(self, params: Mapping[str, Any]) -> str:
        rule = RULES.get(str(params.get("rule") or "person"), "")
        return _g("Hand over %(rule)s") % {"rule": rule}


def _head(employee_id: Any) -> Employee:
    present_one = employees_by_ids([employee_id] if employee_id else []).get(employee_id)
    head = manager_of(present_one) if present_one else None
    if head is None:
        raise Fatal(_g("The present responsible has no head."))
    return head
