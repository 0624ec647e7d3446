"""The form of one step, from its action's declaration: drawn, and read back into the tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from workflows.actions.base import Action, Shown, actions
from workflows.actions.params import shown
from workflows.designer.scene import Scene
from workflows.widgets.base import Asked, form_field, text_of
from workflows.widgets.conditions import ConditionsField
from workflows.widgets.texts import LineField

Step = Mapping[str, Any]
EMPTY: tuple[Any, ...] = (None, "", [], {})
MAX_NAME = 200


def action_of(step: Step) -> Action | None:
    slug = str(step.get("type", ""))
    return actions.get(slug) if slug in actions else None


def asked_params(step: Step, scene: Scene) -> Iterator[Asked]:
    """The parameters of the step's action, in their order."""
    action, params = action_of(step), step.get("params") or {}
    for name, field in action.Params.model_fields.items() if action else ():
        yield Asked(name, shown(field), scene, action, params)


def described(step: Step, scene: Scene) -> Iterator[tuple[str, str]]:
    """(caption, value in words) of the parameters that are filled in."""
    params = step.get("params") or {}
    for asked in asked_params(step, scene):
        if text := text_of(asked, params.get(asked.name)):
            yield str(asked.shown.label), text


class StepForm(forms.Form):
    """Controls named `p-<parameter>`, `name`, `b-<number>-name`, `b-<number>-when`.

    Nothing is required and nothing typed is lost: what does not fit stays in the tree as it
    was typed, and publishing complains of it.
    """

    def __init__(self, data: Any, *, step: Step, scene: Scene) -> None:
        super().__init__(data, auto_id="step-%s")
        self.step, self.scene = step, scene
        self.action = action_of(step)
        self.branches = [one for one in step.get("branches") or () if isinstance(one, Mapping)]
        self.fields["name"] = self._name()
        for asked in asked_params(step, scene):
            self._add_param(asked)
        if self.action and self.action.branches == "many":
            for number, branch in enumerate(self.branches):
                self._add_branch(number, branch)

    def _name(self) -> forms.Field:
        control = LineField(forms.TextInput({"maxlength": str(MAX_NAME)}))
        control.widget.attrs.pop("data-placeholders")
        control.widget.attrs["placeholder"] = str(self.action.label) if self.action else ""
        control.label = _("Name of the step")
        self.initial["name"] = self.step.get("name", "")
        return control

    def _add_param(self, asked: Asked) -> None:
        control = form_field(asked)
        field = self._declared()[asked.name]
        control.wanted = field.is_required()  # type: ignore[attr-defined]
        self.fields[f"p-{asked.name}"] = control
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        self.initial[f"p-{asked.name}"] = asked.params.get(asked.name, default)

    def _add_branch(self, number: int, branch: Mapping[str, Any]) -> None:
        control = LineField(forms.TextInput())
        control.widget.attrs.pop("data-placeholders")
        control.label = _("Name of the branch")
        self.fields[f"b-{number}-name"] = control
        self.initial[f"b-{number}-name"] = branch.get("name", "")
        if self.action and self.action.conditional:
            mark = Shown(_("When"), widget="condition", raw=True)
            own = ConditionsField(Asked("when", mark, self.scene), over_process=True)
            own.label = _("Condition")
            self.fields[f"b-{number}-when"] = own
            self.initial[f"b-{number}-when"] = branch.get("when")

    def _declared(self) -> Mapping[str, Any]:
        return self.action.Params.model_fields if self.action else {}

    # --- what the template draws ----------------------------------------------------------

    @property
    def params(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("p-")]

    @property
    def ways(self) -> list[dict[str, Any]]:
        """The branches with their controls."""
        return [
            {"number": number, "name": self[f"b-{number}-name"], "when": self._bound_when(number)}
            for number in range(len(self.branches))
            if f"b-{number}-name" in self.fields
        ]

    def _bound_when(self, number: int) -> BoundField | None:
        name = f"b-{number}-when"
        return self[name] if name in self.fields else None

    # --- what goes into the tree ----------------------------------------------------------

    def read(self) -> dict[str, Any]:
        """`{"name", "params", "branches"}` as the tree keeps them, less what is empty."""
        read = {name: self._value(name) for name in self.fields}
        params = dict(self.step.get("params") or {})
        for name, field in self._declared().items():
            value = read[f"p-{name}"]
            params.pop(name, None)
            if value not in EMPTY and not _is_default(field, value):
                params[name] = value
        branches = [_branch(branch, read, number) for number, branch in enumerate(self.branches)]
        return {"name": read["name"] or "", "params": params, "branches": branches}

    def _value(self, name: str) -> Any:
        control = self.fields[name]
        raw = control.widget.value_from_datadict(self.data, self.files, name)
        try:
            return control.clean(raw)
        except forms.ValidationError:
            return raw if isinstance(raw, str | list) else str(raw)


def _is_default(field: Any, value: Any) -> bool:
    """A switch that stands where it always does says nothing."""
    if field.is_required():
        return False
    default = field.get_default(call_default_factory=True)
    return type(default) is type(value) and bool(default == value)


def _branch(branch: Mapping[str, Any], read: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The branch without its steps, which the page keeps."""
    kept = {key: value for key, value in branch.items() if key != "steps"}
    if f"b-{number}-name" in read:
        kept["name"] = read[f"b-{number}-name"] or ""
    if f"b-{number}-when" in read:
        kept["when"] = read[f"b-{number}-when"]
    return kept
