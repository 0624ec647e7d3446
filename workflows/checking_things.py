"""Mistakes about what a process refers to: lists, fields, people, other processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from staff.models import Department, Employee
from svod.base.errors import DomainError
from workflows.actions.params import shown
from workflows.checking_flow import action_of
from workflows.engine.tree import all_steps
from workflows.models import Template
from workflows.people import check_spec, listed
from workflows.problems import Problem, warning
from workflows.values import is_dynamic, names_in

Step = Mapping[str, Any]
Found = Iterator[Problem]


def check_things(tree: Mapping[str, Any], template: Template) -> Found:
    """What was deleted or never was. Each thing is asked of the database once."""
    things = _Things(template)
    service = template.service_employee
    if service is not None and not service.is_active:
        yield Problem("", _("The employee in whose name the process works was deactivated."))
    for step in all_steps(tree.get("steps", ())):
        yield from things.of_step(step)


class _Things:
    def __init__(self, template: Template) -> None:
        self.template = template
        self.schemas: dict[int, Schema | None] = {}
        self.people: dict[tuple[str, int], bool] = {}
        self.checks: dict[str, Callable[[Step, str, Any], Found]] = {
            "list": self._list,
            "section": self._nothing,
            "fields": self._fields,
            "field": self._fields,
            "date_field": self._fields,
            "values": self._values,
            "filter": self._filter,
            "condition": self._condition,
            "people": self._people,
            "process": self._process,
        }

    def of_step(self, step: Step) -> Found:
        action = action_of(step)
        params = step.get("params", {})
        for name, field in action.Params.model_fields.items() if action else ():
            value, check = params.get(name), self.checks.get(shown(field).widget)
            if value not in (None, "", [], {}) and not is_dynamic(value) and check:
                yield from check(step, name, value)
        yield from self._placeholders(step)
        for branch in step.get("branches", ()):
            yield from self._condition(step, "", branch.get("when") or {})

    # --- lists and fields -----------------------------------------------------------------

    def schema(self, list_id: Any) -> Schema | None:
        if not str(list_id).isdecimal():
            return None
        number = int(list_id)
        if number not in self.schemas:
            row = List.objects.filter(pk=number, deleted_at=None).first()
            self.schemas[number] = schema_of(row) if row else None
        return self.schemas[number]

    def _of(self, step: Step) -> Schema | None:
        """The list that the fields of a step belong to: the one it names, else the subject's."""
        named = step.get("params", {}).get("list")
        return self.schema(named if named not in (None, "") else self.template.list_id)

    def _nothing(self, _step: Step, _name: str, _value: Any) -> Found:
        yield from ()

    def _list(self, step: Step, name: str, value: Any) -> Found:
        if self.schema(value) is None:
            yield Problem(step["id"], _("The list does not exist any more."), name)

    def _fields(self, step: Step, name: str, value: Any) -> Found:
        codes = value if isinstance(value, list) else [value]
        yield from self._unknown(step, name, self._of(step), codes)

    def _values(self, step: Step, name: str, value: Any) -> Found:
        codes = list(value) if isinstance(value, Mapping) else []
        yield from self._unknown(step, name, self._of(step), codes)

    def _filter(self, step: Step, name: str, value: Any) -> Found:
        yield from self._unknown(step, name, self._of(step), _fields_in(value))

    def _condition(self, step: Step, name: str, value: Any) -> Found:
        own = self.schema(self.template.list_id)
        yield from self._unknown(step, name, own, _fields_in(value))

    def _placeholders(self, step: Step) -> Found:
        whens = [branch.get("when") for branch in step.get("branches", ())]
        paths = [path.split(".") for path in names_in([step.get("params", {}), *whens])]
        codes = sorted({path[1] for path in paths if path[0] == "Document" and len(path) > 1})
        yield from self._unknown(step, "", self.schema(self.template.list_id), codes)

    def _unknown(self, step: Step, name: str, schema: Schema | None, codes: Any) -> Found:
        for code in codes if schema else ():
            if not is_dynamic(code) and schema and schema.get(str(code)) is None:
                text = _("The list has no field “%(code)s”.") % {"code": code}
                yield Problem(step["id"], text, name)

    # --- people and processes -------------------------------------------------------------

    def _people(self, step: Step, name: str, value: Any) -> Found:
        for spec in listed(value):
            try:
                check_spec(spec)
            except DomainError as error:
                yield Problem(step["id"], str(error), name)
                continue
            kind, _colon, number = spec.removeprefix("manager_of:").rpartition(":")
            if is_dynamic(spec) or not number.isdecimal() or self._exists(kind, int(number)):
                continue
            text = _("“%(people)s” does not exist, or was deactivated.") % {"people": spec}
            yield Problem(step["id"], text, name)

    def _exists(self, kind: str, number: int) -> bool:
        key = (kind, number)
        if key not in self.people:
            rows = {
                "group": Group.objects.all(),
                "department": Department.objects.all(),
                "department_tree": Department.objects.all(),
                "head_of_department": Department.objects.all(),
            }.get(kind, Employee.objects.filter(is_active=True))
            self.people[key] = number < 2**31 and rows.filter(pk=number).exists()
        return self.people[key]

    def _process(self, step: Step, name: str, value: Any) -> Found:
        if value not in self._processes:
            text = _("There is no process “%(code)s”.") % {"code": value}
            yield Problem(step["id"], text, name)
        elif not self._processes[value] and value != self.template.code:
            text = _("The process “%(code)s” is not published yet.") % {"code": value}
            yield warning(step["id"], text, name)

    @cached_property
    def _processes(self) -> dict[str, int | None]:
        rows = Template.objects.filter(deleted_at=None)
        return dict(rows.values_list("code", "active_version_id"))


def _fields_in(tree: Any) -> list[str]:
    """Codes in the rows of a filter or condition, all the way down."""
    if not isinstance(tree, Mapping):
        return []
    if "field" in tree:
        return [str(tree["field"])]
    rows = [*(tree.get("and") or ()), *(tree.get("or") or ())]
    return [code for row in rows for code in _fields_in(row)]
