"""The questions of a task: field types asked outside a list.

What the designer stores is `[{"title", "fields": [{"code", "label", "kind", "required",
"multiple", "options", "hint", "value"}]}]`; `kind` is the slug of a field type. Where the
answers go into the element, a question with the code of a field is asked as that field is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lists_core.access import Right
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import access_element
from lists_core.selectors.titles import titles_of
from staff.models import Employee
from svod.base.errors import DomainError, Invalid
from workflows.drafts import EMPTY, Draft, mark, marks_in, marks_text
from workflows.models import Task
from workflows.parameters import declared_field
from workflows.values import Scope, kept, load, resolve

MAX_QUESTIONS, PRECISION = 100, 2
PREFIX, SEEN = "q", "seen"


def stored_groups(groups: Sequence[Mapping[str, Any]], scope: Scope) -> list[dict[str, Any]]:
    """The groups as the task keeps them: placeholders put in, questions without a code numbered."""
    left, kept_groups = MAX_QUESTIONS, []
    for group in groups:
        fields = [one for one in group.get("fields", ()) if one.get("label") or one.get("code")]
        questions = [_question(one, scope) for one in fields[:left]]
        left -= len(questions)
        title = str(resolve(group.get("title", ""), scope) or "")
        kept_groups.append({"title": title, "fields": questions})
    _number(kept_groups)
    return kept_groups


def _question(raw: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    texts = {
        name: str(resolve(raw[name], scope) or "") for name in ("label", "hint") if name in raw
    }
    value = kept(resolve(raw["value"], scope)) if raw.get("value") not in (None, "") else None
    return {**raw, **texts, **({"value": value} if value is not None else {})}


def _number(groups: list[dict[str, Any]]) -> None:
    taken: set[str] = set()
    for place, question in enumerate(one for group in groups for one in group["fields"]):
        code = str(question.get("code") or "")
        question["code"] = code if code and code not in taken else f"q{place + 1}"
        question.setdefault("label", question["code"])
        taken.add(question["code"])


class Questions:
    """The questions of a task as fields, for a form and for showing answers."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.groups = [
            (group["title"], [self._field(one) for one in group["fields"]])
            for group in task.form.get("groups", ())
        ]

    @cached_property
    def schema(self) -> Schema | None:
        """The element's own fields, where answers go into them."""
        list_ = self.task.instance.list
        return schema_of(list_) if list_ and self.task.form.get("write") else None

    def fields(self) -> Iterator[SchemaField]:
        for _title, fields in self.groups:
            yield from fields

    def _field(self, question: Mapping[str, Any]) -> SchemaField:
        code = question["code"]
        own = self.schema.get(code) if self.schema else None
        if own is not None and not own.type.concealed:
            return own
        try:
            return declared_field({**question, "settings": _settings(question)})
        except Invalid:  # a kind that no app brings any more
            return declared_field({**question, "kind": "string"})

    def question(self, code: str) -> Mapping[str, Any]:
        groups = self.task.form.get("groups", ())
        return next(one for group in groups for one in group["fields"] if one["code"] == code)

    def control(self, field: SchemaField, actor: Employee) -> forms.Field:
        question = self.question(field.code)
        control = self._control(field, actor, required=bool(question.get("required")))
        control.label = question.get("label") or field.name
        control.help_text = question.get("hint") or control.help_text
        control.wanted = bool(question.get("needed"))  # type: ignore[attr-defined]
        return control

    def _control(self, field: SchemaField, actor: Employee, *, required: bool) -> forms.Field:
        """A switch always answers, so where answers come bit by bit it is no switch."""
        if self.task.form.get("drafts") and field.type.slug == "boolean":
            return forms.NullBooleanField(required=False)
        return field.form_field(required=required, actor=actor)

    def initial(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """What the controls begin with: the designer's value, else what is `known`."""
        given = {one.code: load(self.question(one.code).get("value")) for one in self.fields()}
        return {code: known.get(code) if value is None else value for code, value in given.items()}

    def marks(self, known: Mapping[str, Any]) -> dict[str, str]:
        """What a page that takes drafts shows of the element (`workflows.drafts`)."""
        asked = list(self.fields()) if self.task.form.get("drafts") else []
        return {one.code: mark(known.get(one.code)) for one in asked}

    def known(self, actor: Employee) -> dict[str, Any]:
        """The element's own values, where answers go into it, as far as the person sees them."""
        if self.schema is None:
            return {}
        instance = self.task.instance
        place = instance.list_id or 0, instance.subject_id or 0
        try:
            _list, schema, row = access_element(actor, Right.VIEW, *place)
        except DomainError:
            return {}
        return {field.code: field.read(row) for field in schema.fields if not field.type.concealed}

    def shown(self, values: Mapping[str, Any], actor: Employee) -> list[tuple[str, str]]:
        """(question, answer) of what was filled in, as the actor may read it."""
        natural = {code: load(value) for code, value in values.items()}
        given = [(one, natural[one.code]) for one in self.fields() if natural.get(one.code)
                 not in (None, "", [])]  # fmt: skip
        titles = titles_of(given, actor=actor)
        return [
            (
                self.question(one.code).get("label") or one.name,
                one.to_text(value, titles.get(one.key, {})),
            )
            for one, value in given
        ]


def _settings(question: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers may have a fraction, for nobody said how many digits it has."""
    return {"precision": PRECISION, **(question.get("settings") or {})}


class QuestionForm(forms.Form):
    """The controls of a task's questions; `values` are natural values by code."""

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        questions: Questions,
        actor: Employee,
        known: Mapping[str, Any] | None = None,
    ) -> None:
        known = known or {}
        super().__init__(data, files, prefix=PREFIX, initial=questions.initial(known))
        self.questions, self.actor = questions, actor
        shown = marks_in(data.get(SEEN, "")) if self.is_bound else questions.marks(known)
        self.seen: dict[str, str] = shown
        self.kinds = {field.code: field for field in questions.fields()}
        for code, field in self.kinds.items():
            self.fields[code] = questions.control(field, actor)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (title, [self[field.code] for field in fields])
            for title, fields in self.questions.groups
        ]

    @property
    def seen_text(self) -> str:
        """For a hidden control named `SEEN`."""
        return marks_text(self.seen)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for code, field in self.kinds.items():
            if code in cleaned:
                self._check(code, field, cleaned)
        return cleaned

    def _check(self, code: str, field: SchemaField, cleaned: dict[str, Any]) -> None:
        """What a service of elements would ask too, but for what stands there already: it may be
        older than today's rules, or point to what this person does not see."""
        if self._is_as_seen(code, field, cleaned[code]):
            return
        try:
            cleaned[code] = field.clean(cleaned[code])
            self._check_things(field, cleaned[code])
            kept(cleaned[code])
        except ValidationError as error:
            self.add_error(code, error)
        except TypeError:
            self.add_error(code, _("An answer of this kind cannot be given here."))

    def _check_things(self, field: SchemaField, value: Any) -> None:
        """People, elements and files must be there, and the person must see them."""
        if field.type.reference and value is not None:
            titles = titles_of([(field, value)], actor=self.actor)[field.key]
            if any(item not in titles for item in field.items(value)):
                raise ValidationError(_("Choose from the list: this is not available."))

    def _is_as_seen(self, code: str, field: SchemaField, value: Any) -> bool:
        with suppress(ValidationError, TypeError):
            value = field.clean(value)
        return mark(value) == self.seen.get(code, "")

    def drafts(self) -> dict[str, Draft]:
        """The answers that differ from what the person was shown."""
        given = {code: self.cleaned_data.get(code) for code in self.kinds}
        return {
            code: Draft(None if value in EMPTY else value, self.seen.get(code, ""))
            for code, value in given.items()
            if not self._is_as_seen(code, self.kinds[code], value)
        }

    def refused(self, error: Invalid) -> Invalid:
        """Show what a service said of questions; returns what it said of other things.

        The form now knows what stands in those questions: to send it again is to write over that.
        """
        own = {code: texts for code, texts in error.errors.items() if code in self.kinds}
        now = self.questions.marks(self.questions.known(self.actor)) if own else {}
        self.seen |= {code: now.get(code, "") for code in own}
        for code, texts in own.items():
            self.add_error(code, [*texts])
        return Invalid({code: texts for code, texts in error.errors.items() if code not in own})

    def values(self) -> dict[str, Any]:
        """Natural values of the questions that were answered."""
        given = {code: self.cleaned_data.get(code) for code in self.kinds}
        return {code: value for code, value in given.items() if value not in (None, "", [])}
