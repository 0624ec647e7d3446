"""What a questionnaire asks, and how much of it an item answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Prefetch, QuerySet

from crm_link.models import Question, QuestionGroup, Questionnaire, Stage
from crm_link.selectors.stage_book import FAILURE, book_of
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField

EMPTY: tuple[Any, ...] = (None, "", [])
PERCENT = 100
_gates: WeakKeyDictionary[Schema, tuple[Questionnaire, ...]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Asked:
    """A question with its field as the list has it now."""

    question: Question
    field: SchemaField

    @property
    def required(self) -> bool:
        return self.question.required


@dataclass(frozen=True)
class Filled:
    """How far an item answers a questionnaire."""

    asked: Sequence[Asked]
    empty: Sequence[Asked]

    @property
    def missing(self) -> list[Asked]:
        """What the minimal set lacks."""
        return [one for one in self.empty if one.required]

    @property
    def is_full(self) -> bool:
        return not self.missing

    @property
    def share(self) -> int:
        """Answered questions of all, in percent; of none all are answered."""
        return (
            PERCENT * (len(self.asked) - len(self.empty)) // len(self.asked)
            if self.asked
            else PERCENT
        )

    def names(self) -> str:
        """The missing questions as a sentence has them."""
        return ", ".join(one.field.name for one in self.missing)


def questionnaires_with_questions() -> QuerySet[Questionnaire]:
    """With their groups and questions: four queries for any number."""
    questions = Question.objects.select_related("field").filter(field__deleted_at=None)
    groups = QuestionGroup.objects.prefetch_related(Prefetch("questions", questions))
    rows = Questionnaire.objects.select_related("stage__option", "stage__pipeline", "list")
    return rows.prefetch_related(Prefetch("groups", groups))


def groups_of(
    questionnaire: Questionnaire, schema: Schema
) -> list[tuple[QuestionGroup, list[Asked]]]:
    """The groups with the questions that can be asked: fields that are there and no secrets."""
    known = {field.field.pk: field for field in schema.fields if not field.type.concealed}
    return [
        (group, [Asked(one, known[one.field_id]) for one in group.questions.all()
                 if one.field_id in known])
        for group in questionnaire.groups.all()
    ]  # fmt: skip


def filled(questionnaire: Questionnaire, schema: Schema, row: Any) -> Filled:
    """How the row answers; asks no query of a questionnaire that came with its questions."""
    asked = [one for _group, some in groups_of(questionnaire, schema) for one in some]
    return Filled(asked, [one for one in asked if one.field.read(row) in EMPTY])


def gates_of(schema: Schema) -> Sequence[Questionnaire]:
    """Those that hold items of a list back. Asked once for each version of the list: whoever
    changes a questionnaire renews it."""
    whole = schema.whole or schema
    if whole not in _gates:
        rows = questionnaires_with_questions().filter(list=whole.list_id, gated=True, is_on=True)
        _gates[whole] = tuple(rows)
    return _gates[whole]


def holds_back(gate: Questionnaire, schema: Schema, stage_id: int | None) -> bool:
    """Whether the way to the stage leads through the gate; none leads through a removed stage."""
    lines = book_of(schema).lines
    own, target = lines.get(gate.stage_id), lines.get(stage_id or 0)
    if own is None or not own.alive or target is None or target.pipeline != own.pipeline:
        return False
    later = list(lines).index(target.pk) > list(lines).index(own.pk)
    return later and target.semantics != FAILURE


def held_back(schema: Schema, row: Any, target: Stage) -> set[int]:
    """Ids of the fields that questionnaires want before the row may go to the stage."""
    return {
        one.question.field_id
        for gate in gates_of(schema)
        if holds_back(gate, schema, target.pk)
        for one in filled(gate, schema, row).missing
    }


def questionnaires_of(list_: List) -> QuerySet[Questionnaire]:
    return questionnaires_with_questions().filter(list=list_)


def field_ids(questionnaires: Iterable[Questionnaire]) -> set[int]:
    return {
        one.field_id
        for questionnaire in questionnaires
        for group in questionnaire.groups.all()
        for one in group.questions.all()
    }
