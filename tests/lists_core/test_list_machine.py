"""Drawn histories of a list, its fields and its elements against a model in plain Python.

`SVOD_ORACLE=200` draws so many histories, other ones each time; usually a few and the same.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lists_core.filters.tree import parse_filter
from lists_core.models import ElementVersion, Field, Job, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors.elements import ElementQuery, elements, found
from lists_core.services import fields
from lists_core.services.bulk_changes import start_undo
from lists_core.services.elements import (
    Changed,
    create_element,
    delete_elements,
    restore_elements,
    update_element,
)
from lists_core.services.jobs import run_at_once, run_job
from lists_core.services.lists import create_list
from lists_core.services.type_changes import Target, change_type, undo_type_change
from staff.models import Employee
from svod.base.errors import Invalid
from tests.lists_core.list_model import Changes, PlainElement, PlainField, PlainList

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SVOD_ORACLE", "0"))
TYPES = ("string", "number")
WORDS = {
    "string": st.sampled_from(["7", "12", "ель", "Ёж"]),
    "number": st.integers(0, 3).map(Decimal),
}
PLACE = st.integers(0, 9)


class History(RuleBasedStateMachine):
    """One list from beginning to end, inside a savepoint that is rolled back."""

    admin: Employee

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.list = create_list(actor=self.admin, everyone="edit", name="Проба")
        self.model = PlainList()
        self.bulk: tuple[Job, dict[int, tuple[int, Changes]]] | None = None
        for type_ in TYPES:
            self.add_field(type_, multiple=False)
        for _time in range(3):
            self.create(dict.fromkeys(self.model.fields))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)
        forget_schemas()

    # --- what the two say -----------------------------------------------------------------

    @invariant()
    def values_versions_and_filters_are_the_models(self) -> None:
        forget_schemas()  # another process
        schema = self.schema
        live = self.model.live_fields()
        rows = {row.pk: row for row in elements(schema, self.admin)}
        wanted = self.model.live()
        assert set(rows) == set(wanted)
        for pk, row in rows.items():
            read = {number: schema[one.code].read(row) for number, one in live.items()}
            assert read == {number: wanted[pk].values.get(number) for number in live}, pk
            assert row.version == len(wanted[pk].versions), pk
        for number, one in live.items():
            tree = json.dumps({"and": [{"field": one.code, "op": "empty"}]})
            query = ElementQuery(filter=parse_filter(tree, schema))
            empty = set(found(schema, query, actor=self.admin).values_list("pk", flat=True))
            assert empty == {pk for pk, e in wanted.items() if e.values.get(number) is None}

    @invariant()
    def the_history_is_the_models(self) -> None:
        kept = ElementVersion.objects.filter(element__list=self.list).order_by("version")
        found_: dict[int, list[set[str]]] = {}
        for version in kept:
            own = found_.setdefault(version.element_id, [])
            own.append(set(version.changes) - {"name", "section"})
        model = self.model.elements
        assert found_ == {pk: [set(one) for one in e.versions] for pk, e in model.items()}

    @property
    def schema(self) -> Any:
        return schema_of(List.objects.get(pk=self.list.pk))

    def field(self, place: int, *, deleted: bool = False) -> tuple[int, PlainField] | None:
        known = [item for item in self.model.fields.items() if item[1].deleted is deleted]
        return known[place % len(known)] if known else None

    def element(self, place: int, *, deleted: bool = False) -> int | None:
        known = [pk for pk, one in self.model.elements.items() if one.deleted is deleted]
        return known[place % len(known)] if known else None

    def coded(self, values: dict[int, Any]) -> dict[str, Any]:
        return {self.model.fields[number].code: value for number, value in values.items()}

    def draw(self, data: Any, *, every: bool) -> dict[int, Any]:
        drawn = {}
        for number, one in self.model.live_fields().items():
            if every or data.draw(st.booleans()):
                item = WORDS[one.type]
                several = st.lists(item, min_size=1, max_size=2, unique=True)
                drawn[number] = data.draw(st.one_of(st.none(), several if one.multiple else item))
        return drawn

    # --- the structure --------------------------------------------------------------------

    @rule(type_=st.sampled_from(TYPES), multiple=st.booleans())
    def add_field(self, type_: str, multiple: bool) -> None:
        if len(self.model.live_fields()) > 4:
            return
        made = fields.create_field(
            self.list.pk, type_, actor=self.admin, name="Поле", multiple=multiple,
            settings={"plain": True, "precision": 0} if type_ == "number" else {},
        )  # fmt: skip
        fields.update_field(made.pk, actor=self.admin, code=f"C{made.pk}")
        self.model.fields[made.pk] = PlainField(type_, multiple, made.column)

    @rule(place=PLACE, required=st.booleans())
    def rename_or_require(self, place: int, required: bool) -> None:
        if one := self.field(place):
            fields.update_field(one[0], actor=self.admin, required=required, name=f"Н{place}")
            one[1].required = required

    @rule(place=PLACE)
    def delete_field(self, place: int) -> None:
        if one := self.field(place):
            fields.delete_field(one[0], actor=self.admin)
            one[1].deleted = True

    @rule(place=PLACE)
    def restore_field(self, place: int) -> None:
        if one := self.field(place, deleted=True):
            fields.restore_field(one[0], actor=self.admin)
            one[1].deleted = False

    @rule(place=PLACE, type_=st.sampled_from(TYPES), multiple=st.booleans())
    def change_type(self, place: int, type_: str, multiple: bool) -> None:
        one = self.field(place)
        if one is None or (type_ != one[1].type and (one[1].multiple or multiple)):
            return
        if (type_, multiple) == (one[1].type, one[1].multiple):
            return
        plain = {"plain": True, "precision": 0} if type_ == "number" else {}
        change_type(one[0], Target(type_, multiple, plain), actor=self.admin)
        key = Field.objects.get(pk=one[0]).column
        self.model.retype(one[0], type_, key, multiple=multiple)

    @rule(place=PLACE)
    def undo_type_change(self, place: int) -> None:
        one = self.field(place)
        if one and one[1].before:
            change = Field.objects.get(pk=one[0]).type_changes.latest("pk")
            undo_type_change(self.list.pk, change.pk, actor=self.admin)
            self.model.take_back(one[0])

    # --- the elements ---------------------------------------------------------------------

    @rule(data=st.data())
    def create_drawn(self, data: Any) -> None:
        self.create(self.draw(data, every=True))

    def create(self, values: dict[int, Any]) -> None:
        given = {"NAME": "Ель", **self.coded(values)}
        if self.model.lacks(values, new=True):
            with pytest.raises(Invalid):
                create_element(self.list.pk, given, actor=self.admin)
            return
        row = create_element(self.list.pk, given, actor=self.admin)
        made = {self.model.fields[n].key: (None, v) for n, v in values.items() if v is not None}
        self.model.elements[row.pk] = PlainElement(dict(values), versions=[made])

    @rule(place=PLACE, back=st.integers(0, 2), data=st.data())
    def update(self, place: int, back: int, data: Any) -> None:
        """By somebody who saw an older version, too."""
        pk = self.element(place)
        if pk is None:
            return
        version = max(1, len(self.model.elements[pk].versions) - back)
        values = self.draw(data, every=False)
        refused: Any = None
        if self.model.meets(pk, version, values):
            refused = Changed
        elif self.model.lacks(values, new=False):
            refused = Invalid
        elif values:
            self.model.write(pk, values)
        self.written(pk, version, values, refused)

    def written(self, pk: int, version: int, values: dict[int, Any], refused: Any) -> None:
        coded = self.coded(values)
        if refused is None:
            update_element(self.list.pk, pk, coded, version=version, actor=self.admin)
            return
        with pytest.raises(refused):
            update_element(self.list.pk, pk, coded, version=version, actor=self.admin)

    @rule(place=PLACE, deleted=st.booleans())
    def delete_or_restore(self, place: int, deleted: bool) -> None:
        pk = self.element(place, deleted=deleted)
        if pk is not None:
            (restore_elements if deleted else delete_elements)(self.list.pk, [pk], actor=self.admin)
            self.model.elements[pk].deleted = not deleted
            self.model.elements[pk].versions.append({})

    @rule(place=PLACE, word=st.sampled_from(["7", "12"]))
    def bulk_edit(self, place: int, word: str) -> None:
        one, live = self.field(place), self.model.live()
        if one is None or one[1].multiple or not live:
            return
        self.list.refresh_from_db()
        job = run_at_once("bulk_edit", actor=self.admin, list_=self.list, ids=list(live),
                          values={one[1].code: word})  # fmt: skip
        assert job.state == Job.State.DONE, job.error
        value = Decimal(word) if one[1].type == "number" else word
        wrote = {pk: self.model.write(pk, {one[0]: value}) for pk in live}
        self.bulk = (
            job,
            {pk: (len(self.model.elements[pk].versions), own) for pk, own in wrote.items() if own},
        )

    @rule()
    def bulk_undo(self) -> None:
        if self.bulk is None:
            return
        (job, wrote), self.bulk = self.bulk, None
        undo = start_undo(job.pk, actor=self.admin)
        run_job(undo.pk)
        undo.refresh_from_db()
        assert undo.state == Job.State.DONE, undo.error
        for pk, (version, own) in wrote.items():
            self.model.undo(pk, version, own)


def test_a_list_has_the_history_that_its_model_has(db: None) -> None:
    forget_schemas()
    History.admin = Employee.objects.create_superuser("admin", "admin@svod.example", "x")
    limits = settings(
        max_examples=EXAMPLES or 4,
        stateful_step_count=25 if EXAMPLES else 15,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        phases=[Phase.generate] + ([Phase.shrink] if EXAMPLES else []),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(History, settings=limits)
