"""The process that asks a questionnaire, published as any other: people may change it.

Look (the deadlines are counted from now) → ask the responsible, and beside it: wait for the
deadline, write the incident, tell the responsible and the head, wait, hand it to the head too.
Whichever task is answered first ends both; then the incident is told when it was put right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.kinds import kind_of
from crm_link.models import Questionnaire, Stage
from crm_link.services.incidents import ITEM, item_value
from crm_link.triggers.stage import OnStage, stages_in
from lists_core.models import FieldOption, List
from staff.models import Employee
from svod.base.errors import Conflict
from workflows.models import Template
from workflows.services.template_changes import new_template
from workflows.services.templates import publish, publish_draft, set_run_as

Step = dict[str, Any]
RESPONSIBLE = "{{Document.RESPONSIBLE}}"
HEAD = f"manager_of:{RESPONSIBLE}"
DAY = {"amount": 1, "unit": "working_days"}


@transaction.atomic
def publish_flow(questionnaire: Questionnaire, incidents: List, *, actor: Employee) -> Template:
    """Make and publish it, in the actor's name: the process writes incidents and reads what the
    responsible may not. For administrators. Raises Forbidden."""
    kind = kind_of(questionnaire.list.system)
    if kind is None:
        raise Conflict
    tree = {
        "steps": flow(questionnaire, incidents, item_value(kind)),
        "triggers": [{"event": OnStage.slug, "stages": [questionnaire.stage_id]}],
    }
    made = new_template(
        actor=actor,
        name=_("Questionnaire: %(name)s") % {"name": questionnaire.name},
        list_id=questionnaire.list_id,
        tree=tree,
        description=_about(questionnaire.stage),
    )
    set_run_as(made.pk, actor, actor=actor)
    publish(made.pk, actor=actor)
    Questionnaire.objects.filter(pk=questionnaire.pk).update(template=made)
    questionnaire.template = made
    return Template.objects.get(pk=made.pk)


@transaction.atomic
def move_flow(questionnaire: Questionnaire, stood: Stage, *, actor: Employee) -> None:
    """Have its process start on the questionnaire's stage in the place of `stood`, whatever else
    people made of it; what they have not published stays unpublished. Raises Invalid."""
    rows = Template.objects.select_for_update(of=("self",)).select_related("active_version")
    template = rows.filter(pk=questionnaire.template_id or 0, deleted_at=None).first()
    if template is None:
        return
    draft = _elsewhere(template.draft, stood.pk, questionnaire.stage_id)
    if template.active_version:
        tree = template.active_version.tree
        template.draft = _elsewhere(tree, stood.pk, questionnaire.stage_id)
        publish_draft(template, actor=actor)
    template.draft, template.draft_version = draft, template.draft_version + 1
    if template.description == _about(stood):
        template.description = _about(questionnaire.stage)
    template.save(update_fields=["draft", "draft_version", "description"])


def _about(stage: Stage) -> str:
    return _("Asks it on the stage “%(stage)s”; writes an incident and tells the head "
             "when the deadline is missed.") % {"stage": stage}  # fmt: skip


def _elsewhere(tree: Mapping[str, Any], stood: int, now: int) -> dict[str, Any]:
    """The tree with the one stage in the place of the other wherever it starts on stages."""
    return {
        **tree,
        "triggers": [
            {**one, "stages": [now if pk == stood else pk for pk in stages_in(one)]}
            if one.get("event") == OnStage.slug
            else one
            for one in tree.get("triggers", ())
        ],
    }


def flow(questionnaire: Questionnaire, incidents: List, item: str) -> list[Step]:
    number = questionnaire.pk
    needed = {"and": [_row("{{Step.begin.full}}", "false"), _row("{{Step.begin.busy}}", "false")]}
    ways = [_way(_("Questionnaire"), [_ask(number)]),
            _way(_("Deadline"), _late(number, incidents, item))]  # fmt: skip
    asked: Step = {**_step("asked", "parallel", _("Ask and watch the deadline"), join="any"),
                   "branches": ways}  # fmt: skip
    found = {"and": [{"left": "{{Step.incident.id}}", "op": "filled", "right": ""}]}
    closed: Step = {
        **_step("breached", "if", _("Was the deadline missed?")),
        "branches": [_way(_("Yes"), _closing(number, incidents), found)],
    }
    return [
        _step("begin", "questionnaire_state", _("Count the deadlines"), questionnaire=number),
        {
            **_step("needed", "if", _("Is anything to be asked?")),
            "branches": [_way(_("Yes"), [asked, closed], needed)],
        },
    ]


def _ask(number: int) -> Step:
    return _step(
        "ask", "questionnaire", _("Ask the responsible"),
        questionnaire=number,
        title=_("Fill in the questionnaire: %(item)s") % {"item": "{{Document.NAME}}"},
        text=_("Answers are saved bit by bit. The item goes on when the required ones are there."),
        people=[RESPONSIBLE],
    )  # fmt: skip


def _late(number: int, incidents: List, item: str) -> list[Step]:
    head = _("Not filled in on time: %(item)s") % {"item": "{{Document.NAME}}"}
    lacks = _("Missing: %(fields)s") % {"fields": "{{Step.now.missing}}"}
    return [
        _step("until", "wait_until", _("Wait for the deadline"), date="{{Step.begin.due_at}}"),
        _step("now", "questionnaire_state", _("What is missing?"), questionnaire=number),
        _step("incident", "element_create", _("Write the incident"), list=incidents.pk,
              values=_incident(incidents, item)),
        _step("show", "set_access", _("Show it to whom it concerns"), list=incidents.pk,
              element="{{Step.incident.id}}", right="view",
              people=[RESPONSIBLE, HEAD, "{{Process.run_as}}"]),
        _step("tell", "notify", _("Tell the responsible and the head"), text=head, details=lacks,
              people=[RESPONSIBLE, HEAD]),
        _step("more", "wait_until", _("Wait before handing it on"),
              date="{{Step.begin.escalate_at}}"),
        _step("head", "questionnaire", _("Ask the head"), questionnaire=number, title=head,
              text=lacks, people=[HEAD], period=DAY, daily=True),
    ]  # fmt: skip


def _incident(incidents: List, item: str) -> Mapping[str, Any]:
    breach = FieldOption.objects.filter(field__list=incidents, field__code="BREACH").first()
    words = {"name": "{{Step.begin.name}}", "item": "{{Document.NAME}}"}
    values = {
        "NAME": _("Questionnaire “%(name)s” is late: %(item)s") % words,
        ITEM: item,
        "WHO": RESPONSIBLE,
        "BREACH": breach.name if breach else "",
        "STAGE": "{{Step.begin.stage}}",
        "DUE_AT": "{{Step.begin.due_at}}",
        "NOTICED_AT": "{{Step.now.now}}",
        "OVERDUE": "{{Step.now.late_hours}}",
        "MISSING": "{{Step.now.missing}}",
    }
    return {code: value for code, value in values.items() if value}


def _closing(number: int, incidents: List) -> list[Step]:
    values = {"CLOSED_AT": "{{Step.end.now}}", "OVERDUE": "{{Step.end.late_hours}}"}
    return [
        _step("end", "questionnaire_state", _("How late was it?"), questionnaire=number),
        _step("close", "element_change", _("Note when it was put right"), list=incidents.pk,
              element="{{Step.incident.id}}", values=values),
    ]  # fmt: skip


def _step(step_id: str, kind: str, title: str, /, **params: Any) -> Step:
    return {"id": step_id, "type": kind, "name": title, "params": params}


def _way(name: str, steps: Sequence[Step], when: Any = None) -> dict[str, Any]:
    return {"name": name, "steps": list(steps), **({"when": when} if when else {})}


def _row(left: str, right: str) -> dict[str, str]:
    return {"left": left, "op": "eq", "right": right}
