"""The stages of a kind as its writers need them: read once for each version of the schema.

Every change of stages and pipelines renews the schema (`services.stages.renew`), so what is kept
here for a schema stays true as long as the schema is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from crm_link.models import Stage
from lists_core.schema.compile import Schema

PROCESS, SUCCESS, FAILURE = (str(one) for one in Stage.Semantics)


@dataclass(frozen=True)
class StageLine:
    """`fields` are ids of the fields that the stage itself asks for."""

    pk: int
    name: str
    pipeline: int | None
    semantics: str
    alive: bool
    fields: frozenset[int]

    @property
    def is_final(self) -> bool:
        return self.semantics != PROCESS


@dataclass(frozen=True)
class StageBook:
    """`lines` are all stages by id, removed ones too, in their order."""

    lines: Mapping[int, StageLine]

    @cached_property
    def alive(self) -> list[StageLine]:
        return [line for line in self.lines.values() if line.alive]

    def first(self, pipeline: int | None) -> StageLine | None:
        return next((line for line in self.alive if line.pipeline == pipeline), None)

    def namesake(self, line: StageLine, pipeline: int | None) -> StageLine | None:
        """The stage of another pipeline that is called the same."""
        own = (one for one in self.alive if one.pipeline == pipeline)
        return next((one for one in own if one.name.casefold() == line.name.casefold()), None)

    @cached_property
    def _asked(self) -> dict[int, frozenset[int]]:
        return {}

    def asked(self, line: StageLine) -> frozenset[int]:
        """Ids of the fields that have to be filled on the stage: what it asks for, and what the
        stages before it asked for. A failed item is asked for nothing but the stage's own."""
        if line.pk not in self._asked:
            self._asked[line.pk] = line.fields.union(*self._before(line))
        return self._asked[line.pk]

    def _before(self, line: StageLine) -> list[frozenset[int]]:
        if line.semantics == FAILURE:
            return []
        own = [one for one in self.alive if one.pipeline == line.pipeline]
        passed = [one for one in own if one.semantics == PROCESS]
        if line.semantics == PROCESS:
            places = {one.pk: place for place, one in enumerate(self.lines.values())}
            passed = [one for one in passed if places[one.pk] < places[line.pk]]
        return [one.fields for one in passed]


_books: WeakKeyDictionary[Schema, StageBook] = WeakKeyDictionary()


def book_of(schema: Schema) -> StageBook:
    """The stages of the list. Two queries for a new schema, none later."""
    whole = schema.whole or schema
    book = _books.get(whole)
    if book is None:
        book = _books[whole] = _read(whole.list_id)
    return book


def meaning_of(schema: Schema, row: Any) -> str:
    """What the row's stage means, whoever reads the schema; "" where it has none."""
    stage = (schema.whole or schema).get("STAGE")
    line = book_of(schema).lines.get(stage.read(row)) if stage else None
    return line.semantics if line else ""


def _read(list_id: int) -> StageBook:
    rows = Stage.objects.filter(option__field__list=list_id, option__field__deleted_at=None)
    stages = rows.select_related("option").prefetch_related("required")
    return StageBook(
        {
            stage.pk: StageLine(
                stage.pk,
                stage.option.name,
                stage.pipeline_id,
                stage.semantics,
                stage.option.deleted_at is None,
                frozenset(field.pk for field in stage.required.all()),
            )
            for stage in stages.order_by("option__sort", "pk")
        }
    )
