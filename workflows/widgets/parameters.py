"""Values for the parameters of another process, by its own declaration of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from workflows.actions.params import shown
from workflows.models import Version
from workflows.widgets.base import Asked, Widget, widgets
from workflows.widgets.texts import LineField


class ParametersWidget(forms.Widget):
    """A line for each parameter; what is given for one that is gone stays until it is emptied."""

    template_name = "workflows/widgets/parameters.html"
    use_fieldset = True

    def __init__(self, declared: Mapping[str, str]) -> None:
        self.declared = declared
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, Mapping) else {}
        form = forms.Form(auto_id=f"{name}-%s", prefix=name, initial=dict(given))
        for code in dict.fromkeys([*self.declared, *given]):
            form.fields[code] = LineField(forms.TextInput())
            form.fields[code].label = self.declared.get(code, code)
        context["fields"] = [form[code] for code in form.fields]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        codes = data.getlist(f"{name}-codes") if hasattr(data, "getlist") else []
        return {code: data.get(f"{name}-{code}") for code in codes}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class ParametersField(forms.Field):
    def __init__(self, declared: Mapping[str, str]) -> None:
        super().__init__(required=False, widget=ParametersWidget(declared))

    def clean(self, value: Any) -> Any:
        line = LineField(forms.TextInput())
        read = {code: line.clean(one) for code, one in (value or {}).items()}
        return {code: one for code, one in read.items() if one is not None} or None


@widgets.register
class Parameters(Widget):
    slug = "parameters"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return ParametersField(_declared(asked))

    def text(self, asked: Asked, value: Any) -> str:
        declared = _declared(asked)
        lines = (value if isinstance(value, Mapping) else {}).items()
        words = ((declared.get(code, code), asked.scene.readable(str(one))) for code, one in lines)
        return "; ".join(f"{label} = {text}" for label, text in words)


def _declared(asked: Asked) -> dict[str, str]:
    """code → caption of the parameters of the process that the step names."""
    code = next((asked.params.get(name) for name in _processes(asked)), None)
    if code not in asked.scene.processes:
        return {}
    rows = Version.objects.filter(template__code=code, template__active_version__number__gt=0)
    tree = rows.order_by("-number").values_list("tree", flat=True).first() or {}
    known = [one for one in tree.get("parameters", ()) if one.get("code")]
    return {str(one["code"]): str(one.get("label") or one["code"]) for one in known}


def _processes(asked: Asked) -> list[str]:
    fields = asked.action.Params.model_fields if asked.action else {}
    return [name for name, one in fields.items() if shown(one).widget == "process"]
