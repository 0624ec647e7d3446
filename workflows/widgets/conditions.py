"""Conditions: the control of list filters over the fields of a list, and rows over whatever
else the process knows.

A row whose value is a placeholder has a line of text in the place of the type's control.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.urls import reverse
from django.utils.translation import gettext as _

from lists_core.filters.operators import Arity
from lists_core.grid.drafts import DraftCondition, Drafter, filterable
from workflows.conditions import LABELS, OPERATORS
from workflows.values import is_dynamic, names_in
from workflows.widgets.base import Asked, Widget, plain, widgets

UNARY = {"empty", "filled"}
MAX_DEPTH = 3


@dataclass(frozen=True)
class ProcessRow:
    """A row over a value of the process: its path in braces, the operator, the other value."""

    left: str
    op: str
    right: str = ""
    is_group = False
    is_process = True

    @property
    def operators(self) -> list[tuple[str, str]]:
        return [(slug, str(label)) for slug, label in LABELS.items()]

    @property
    def unary(self) -> bool:
        return self.op in UNARY


@dataclass(frozen=True)
class FieldRow:
    """A row of the list filter; `expression` is the placeholder that stands for its value."""

    draft: DraftCondition
    expression: str = ""
    is_dynamic: bool = False
    is_group = False
    is_process = False

    @property
    def may_be_dynamic(self) -> bool:
        return self.draft.operator.arity in {Arity.ONE, Arity.MANY}


@dataclass(frozen=True)
class RowGroup:
    joiner: str
    items: list[Any] = field(default_factory=list)
    is_group = True


class Rows:
    """Draws the rows of one condition for one place of a draft."""

    def __init__(self, asked: Asked, *, over_process: bool) -> None:
        self.asked = asked
        self.over_process = over_process
        schema = asked.schema
        self.drafter = Drafter(schema, asked.scene.actor) if schema else None
        self.fields = filterable(schema) if schema else []

    @property
    def places(self) -> list[Any]:
        """Groups of what a row may be about besides the fields of the list."""
        from workflows.designer.placeholders import groups

        if not self.over_process:
            return []
        known = groups(self.asked.scene, before="")
        return [group for group in known if not group.items[0].path.startswith("Document.")]

    def group(self, raw: Any, *, depth: int = 1) -> RowGroup:
        joiner = "or" if isinstance(raw, Mapping) and "or" in raw else "and"
        items = raw.get(joiner) if isinstance(raw, Mapping) else None
        if isinstance(raw, Mapping) and ("field" in raw or "left" in raw):
            items = [raw]
        known = [one for one in items or () if isinstance(one, Mapping)]
        drawn = [self._item(one, depth=depth) for one in known]
        return RowGroup(joiner, [one for one in drawn if one is not None])

    def _item(self, raw: Mapping[str, Any], *, depth: int) -> Any:
        if "field" in raw or "left" in raw:
            return self.row(raw)
        return self.group(raw, depth=depth + 1) if depth < MAX_DEPTH else None

    def row(self, raw: Mapping[str, Any], *, number: int | None = None) -> Any:
        """One row; {} gives the first thing that can be asked about; None when there is none."""
        if "left" in raw:
            op = str(raw.get("op"))
            op = op if op in OPERATORS else next(iter(OPERATORS))
            return ProcessRow(str(raw["left"] or ""), op, str(raw.get("right") or ""))
        row = self._field_row(raw, number)
        if row is None and self.over_process:
            place = next((one for group in self.places for one in group.items), None)
            return ProcessRow(f"{{{{{place.path}}}}}" if place else "", "eq")
        return row

    def _field_row(self, raw: Mapping[str, Any], number: int | None) -> FieldRow | None:
        if self.drafter is None:
            return None
        value = raw.get("value", [])
        texts = [str(one) for one in (value if isinstance(value, list) else [value])]
        expression = next((one for one in texts if is_dynamic(one)), "")
        number = next(self.drafter.numbers) if number is None else number
        draft = self.drafter.condition(
            str(raw.get("field") or ""), str(raw.get("op") or ""),
            [] if expression else texts, number=number,
        )  # fmt: skip
        dynamic = bool(expression) or raw.get("dynamic") is True
        return FieldRow(draft, expression, dynamic) if draft else None


class ConditionsWidget(forms.Widget):
    template_name = "workflows/widgets/conditions.html"
    use_fieldset = True

    def __init__(self, asked: Asked, *, over_process: bool, as_text: bool = False) -> None:
        self.asked, self.over_process, self.as_text = asked, over_process, as_text
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        tree = _loaded(value)
        context["rows"] = rows = Rows(self.asked, over_process=self.over_process)
        context["group"] = rows.group(tree)
        context["json"] = json.dumps(tree or {}, ensure_ascii=False)
        context["row_url"] = reverse("process_condition_row", args=[self.asked.scene.template.pk])
        context["list_id"] = self.asked.list_id or ""
        context["over_process"] = "1" if self.over_process else ""
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return data.get(name)


class ConditionsField(forms.Field):
    """`{"and": […]}`, or with `as_text` the same as JSON text; None when nothing is asked."""

    def __init__(self, asked: Asked, *, over_process: bool, as_text: bool = False) -> None:
        self.as_text = as_text
        widget = ConditionsWidget(asked, over_process=over_process)
        super().__init__(required=False, widget=widget)

    def clean(self, value: Any) -> Any:
        tree = _pruned(_loaded(value))
        if tree is None:
            return None
        return json.dumps(tree, ensure_ascii=False) if self.as_text else tree


def _loaded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value or "{}")
    except (ValueError, RecursionError):
        return None


def _pruned(tree: Any, *, depth: int = 1) -> Any:
    """Only what a condition consists of, empty groups left out."""
    if not isinstance(tree, Mapping) or depth > MAX_DEPTH + 2:
        return None
    if "field" in tree:
        value = tree.get("value")
        texts = [str(one) for one in (value if isinstance(value, list) else [])]
        return {"field": str(tree["field"]), "op": str(tree.get("op")), "value": texts}
    if "left" in tree:
        return {"left": str(tree["left"]), "op": str(tree.get("op")), "right": tree.get("right")}
    joiner = "or" if "or" in tree else "and"
    items = tree.get(joiner)
    known = [_pruned(one, depth=depth + 1) for one in (items if isinstance(items, list) else [])]
    kept = [one for one in known if one]
    return {joiner: kept} if kept else None


@widgets.register
class Condition(Widget):
    slug = "condition"
    dynamic = False
    over_process = True

    def control(self, asked: Asked) -> forms.Field:
        return ConditionsField(asked, over_process=self.over_process)

    def text(self, asked: Asked, value: Any) -> str:
        return words(asked, value)


@widgets.register
class Filter(Condition):
    """A filter of the chosen list: which of its elements."""

    slug = "filter"
    over_process = False


def words(asked: Asked, tree: Any) -> str:
    """A condition in plain words."""
    group = Rows(asked, over_process=True).group(_loaded(tree))
    return _group_words(asked, group)


def _group_words(asked: Asked, group: RowGroup) -> str:
    joiner = _(" or ") if group.joiner == "or" else _(" and ")
    parts = [
        f"({_group_words(asked, item)})" if item.is_group else _row_words(asked, item)
        for item in group.items
    ]
    return joiner.join(parts)


def _row_words(asked: Asked, row: ProcessRow | FieldRow) -> str:
    if isinstance(row, ProcessRow):
        right = "" if row.unary else f" {_right_words(asked, row)}"
        return f"{asked.scene.readable(row.left)} {LABELS[row.op]}{right}"
    draft = row.draft
    value = asked.scene.readable(row.expression) if row.expression else _values(draft)
    return f"{draft.field.name} {draft.operator.label} {value}".strip()


def _right_words(asked: Asked, row: ProcessRow) -> str:
    """The other value: a code by the label that its step declares for it."""
    path = next(iter(names_in(row.left)), "")
    label = asked.scene.options.get(path, {}).get(row.right)
    return str(label) if label else asked.scene.readable(row.right)


def _values(draft: DraftCondition) -> str:
    """What stands in the controls, ids by their titles."""
    return " – ".join(filter(None, map(_control_text, draft.controls)))


def _control_text(bound: BoundField) -> str:
    value = bound.value()
    if value in (None, "", []):
        return ""
    values = [str(one) for one in (value if isinstance(value, list | tuple) else [value])]
    context = bound.field.widget.get_context("x", value, {})["widget"]
    groups = context.get("optgroups") or ()
    labels = {str(o["value"]): str(o["label"]) for _n, options, _i in groups for o in options}
    return plain([labels.get(one, one) for one in values])
