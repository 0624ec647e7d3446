"""Forms about whole templates."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.models import List
from staff.models import Employee
from svod.base.errors import Forbidden
from workflows.models import Template
from workflows.selectors.templates import designed_lists
from workflows.services import template_changes, templates
from workflows.shape import MAX_BYTES


class OfListForm(forms.Form):
    """Something about one of the lists whose processes the person designs."""

    list = forms.ChoiceField(label=gettext_lazy("List"), required=False)

    def __init__(self, *args: Any, actor: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.lists = designed_lists(actor)
        rows = [(str(pk), one.name) for pk, one in self.lists.items()]
        none = [("", _("No list: administrators only"))] if actor.is_superuser else []
        self.fields["list"].choices = [*none, *rows]  # type: ignore[attr-defined]

    @property
    def chosen_list(self) -> List | None:
        chosen = self.cleaned_data["list"]
        return self.lists[int(chosen)] if chosen else None


class TemplateForm(OfListForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip

    field_order = ("name", "list", "description")

    def cleaned(self) -> dict[str, Any]:
        chosen = self.chosen_list
        given = self.cleaned_data
        return {
            "name": given["name"],
            "description": given["description"],
            "list_id": chosen.pk if chosen else None,
        }


class ImportForm(OfListForm):
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("JSON"))
    field_order = ("file", "list")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is not None:
            cleaned["tree"] = self._tree(file)
        return cleaned

    def _tree(self, file: Any) -> dict[str, Any]:
        if file.size > MAX_BYTES:
            raise ValidationError({"file": _("The file is too large.")})
        try:
            tree = json.loads(file.read().decode("utf-8-sig"))
        except (ValueError, RecursionError):
            tree = None
        if not isinstance(tree, dict):
            raise ValidationError({"file": _("This is not an exported process.")})
        return tree


class SettingsForm(forms.Form):
    """What a template is called and in whose name it works; the latter for administrators."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    run_as = forms.ChoiceField(label=gettext_lazy("Works in the name of"), required=False)
    service_employee = forms.ModelChoiceField(
        label=gettext_lazy("Service employee"), required=False,
        queryset=Employee.objects.filter(is_active=True),
    )  # fmt: skip

    def __init__(self, data: Any, *, template: Template, actor: Employee) -> None:
        super().__init__(
            data,
            initial={
                "name": template.name,
                "description": template.description,
                "run_as": template.run_as,
                "service_employee": template.service_employee_id,
            },
        )
        self.template, self.actor = template, actor
        for name in ("name", "description"):
            self.fields[name].disabled = bool(template.kept_by)
        self.fields["run_as"].choices = Template.RunAs.choices  # type: ignore[attr-defined]
        if not actor.is_superuser:
            hint = _("Only administrators lend an employee's rights to a process.")
            self.fields["run_as"].disabled = True
            self.fields["run_as"].help_text = hint
            del self.fields["service_employee"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        asked = self.data.get("run_as", self.template.run_as)
        if not self.actor.is_superuser and asked != self.template.run_as:
            raise Forbidden
        own = cleaned.get("run_as") == Template.RunAs.EMPLOYEE
        if "service_employee" in self.fields and own and not cleaned.get("service_employee"):
            self.add_error("service_employee", _("Choose an employee."))
        return cleaned

    def save(self) -> None:
        given = self.cleaned_data
        if not self.template.kept_by:
            template_changes.rename_template(
                self.template.pk, actor=self.actor, name=given["name"],
                description=given["description"],
            )  # fmt: skip
        if self.actor.is_superuser:
            own = given["run_as"] == Template.RunAs.EMPLOYEE
            chosen = given["service_employee"] if own else None
            templates.set_run_as(self.template.pk, chosen, actor=self.actor)
