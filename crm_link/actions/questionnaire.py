"""Ask the questions of a questionnaire: a task that takes answers bit by bit.

The answers go into the item at once, by whatever door they come: the task closes itself when
the minimal set is full, and when the item leaves the questionnaire's stage without it. It
follows the people: another responsible gets it when the item is handed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from crm_link.actions.questionnaire_state import (
    questionnaire_of,
    responsible_in,
    state_in,
    working,
)
from crm_link.models import Asking, Questionnaire
from crm_link.selectors.questionnaires import Filled, groups_of, questionnaires_with_questions
from crm_link.services.questionnaire_answers import (
    FULL,
    LEFT,
    end_asking,
    end_task,
    hand_over_asking,
    state_of,
    write_answers,
)
from lists_core.schema.cache import schema_of
from staff.models import Employee
from workflows.actions.asking import Ask, AskParams, Role, titled
from workflows.actions.base import Output, Shown, Signal, Wait, actions
from workflows.drafts import Draft
from workflows.models import Task, Wake
from workflows.people import people_if_any
from workflows.services.task_moves import replace_people
from workflows.task_form import CANCELLED, answer_choice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.engine.context import Context

RESPONSIBLE = "{{Document.RESPONSIBLE}}"
OUTCOMES = {FULL.value: FULL.label, LEFT.value: LEFT.label}


@actions.register
class AskQuestionnaire(Ask):
    slug = "questionnaire"
    label = _("Ask a questionnaire")
    noun = _("Questionnaire")
    icon = "clipboard-list"
    outputs = (
        Output("outcome", _("Outcome"), options=OUTCOMES),
        Output("finished_at", _("When it was over"), "datetime"),
        Output("task", _("Number of the task"), "number"),
    )

    class Params(AskParams):
        questionnaire: Annotated[int, Shown(_("Questionnaire"), widget="questionnaire")]
        people: Annotated[
            list[Any],
            Shown(
                _("Whom to ask"), widget="people", raw=True,
                help=_("Where nobody is found: the employee in whose name the process works."),
            ),
        ] = [RESPONSIBLE]  # fmt: skip

    def run(self, context: Context, params: Params) -> Wait | dict[str, Any]:
        questionnaire = questionnaire_of(context, params.questionnaire)
        if state_in(context, questionnaire).is_full:
            end_asking(context.instance.pk, questionnaire.pk, FULL, now=context.now)
            return {"outcome": FULL.value, "finished_at": context.now}
        context.memory["asked"] = [one.pk for one in self._people(context, params)]
        context.watch()
        return super().run(context, self._timed(context, params, questionnaire))

    def _timed(self, context: Context, params: Params, questionnaire: Questionnaire) -> Params:
        """With the questionnaire's own deadline and reminder where the step names none."""
        begun = Asking.objects.filter(instance=context.instance, questionnaire=questionnaire)
        asking = begun.first()
        if params.period or params.until or asking is None or asking.due_at <= context.now:
            return params
        more: dict[str, Any] = {"until": asking.due_at}
        if questionnaire.remind and not params.remind:
            more["remind"] = working(questionnaire.remind)
        return params.model_copy(update=more)

    def _people(self, context: Context, params: Params) -> list[Employee]:
        return people_if_any(params.people, context) or [context.actor]

    def roles(self, context: Context, params: Params) -> dict[str, Iterable[Employee]]:
        return {
            Role.RESPONSIBLE: self._people(context, params),
            Role.OBSERVER: people_if_any(params.observers, context),
        }

    def form(self, context: Context, params: Params) -> dict[str, Any]:
        questionnaire = questionnaire_of(context, params.questionnaire)
        return {
            "answers": [answer_choice("save", "", "save")],
            "groups": _groups(questionnaire),
            "write": True,
            "drafts": True,
            "questionnaire": questionnaire.pk,
            "progress": progress(state_in(context, questionnaire)),
        }

    def resume(self, context: Context, params: Params, signal: Signal) -> Wait | dict[str, Any]:
        outcome = super().resume(context, params, signal)
        if not isinstance(outcome, Wait):
            if outcome["outcome"] == CANCELLED:  # somebody withdrew the task
                end_asking(context.instance.pk, params.questionnaire, LEFT, now=context.now)
            return outcome
        if signal.kind != Wake.Kind.EVENT:
            return outcome
        task = Task.objects.select_for_update(of=("self",)).get(
            instance=context.instance, key=context.key, kind=self.slug
        )
        return self._looked(context, params, task) or Wait()

    def _looked(self, context: Context, params: Params, task: Task) -> dict[str, Any] | None:
        """The item was changed: is it full, has it left, is it somebody else's?"""
        questionnaire = questionnaire_of(context, params.questionnaire)
        state = state_in(context, questionnaire)
        schema = schema_of(questionnaire.list)
        here = schema["STAGE"].read(context.subject.row) == questionnaire.stage_id
        if state.is_full or not here:
            end_task(task, FULL if state.is_full else LEFT, now=context.now)
            return self.result(task)
        note_progress(task, state)
        responsible = responsible_in(context, questionnaire)
        hand_over_asking(context.instance.pk, questionnaire.pk, responsible)
        wanted = self._people(context, params)
        if context.memory.get("asked") != [one.pk for one in wanted]:
            replace_people(task, context.memory.get("asked", []), wanted, now=context.now)
            context.memory["asked"] = [one.pk for one in wanted]
        return None

    def result(self, task: Task) -> dict[str, Any]:
        found = super().result(task)
        return {code: found[code] for code in ("outcome", "finished_at", "task")}

    def keep(
        self, task: Task, drafts: Mapping[str, Draft], *, actor: Employee, now: datetime
    ) -> None:
        """What somebody answered so far (`workflows.services.task_drafts`)."""
        write_answers(task, drafts, actor=actor)
        number = task.form["questionnaire"]
        state = state_of(
            questionnaires_with_questions().get(pk=number), task.instance.subject_id or 0
        )
        note_progress(task, state)
        if state.is_full:
            end_task(task, FULL, now=now, actor=actor)

    def summary(self, params: Mapping[str, Any]) -> str:
        return titled(self.label, params)


def _groups(questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """As `Task.form` keeps them; nothing is required of an answer that may be partial."""
    groups = groups_of(questionnaire, schema_of(questionnaire.list))
    return [
        {
            "title": group.name,
            "fields": [
                {"code": one.field.code, "label": one.field.name, "kind": one.field.type.slug,
                 "needed": one.required}
                for one in asked
            ],
        }
        for group, asked in groups
        if asked
    ]  # fmt: skip


def progress(state: Filled) -> dict[str, int]:
    return {
        "done": len(state.asked) - len(state.empty),
        "of": len(state.asked),
        "missing": len(state.missing),
    }


def note_progress(task: Task, state: Filled) -> None:
    task.form["progress"] = progress(state)
    task.save(update_fields=["form"])
