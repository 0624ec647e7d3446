"""The form of declared values: dialogs that start a process, questionnaires of tasks.

    form = ParameterForm(request.POST or None, declared=tree["parameters"], actor=request.user)
    if form.is_valid():
        start(template, actor=request.user, parameters=form.values)

Draw it with `{% fields form %}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from staff.models import Employee
from svod.base.errors import Invalid
from svod.base.forms import DomainFormMixin
from workflows.parameters import Declared, declared_fields, read_values


class ParameterForm(DomainFormMixin, forms.Form):
    """Controls by code, in the order declared. `values` are natural values, checked.

    `current` (code → natural value) shows instead of the defaults.
    """

    use_required_attribute = False  # an empty picker would be shown as wrong at once

    def __init__(
        self,
        data: Any = None,
        *,
        declared: Sequence[Declared],
        actor: Employee,
        current: Mapping[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        self.declared, self.actor = declared, actor
        described = declared_fields(declared)
        initial = {code: field.default() for code, field in described.items()}
        super().__init__(data, initial={**initial, **(current or {})}, prefix=prefix)
        for code, field in described.items():
            self.fields[code] = field.form_field(actor=actor)

    def clean(self) -> dict[str, Any]:
        """The rules of `read_values` too, so that what refers to things is looked up."""
        cleaned = super().clean() or {}
        self.values: dict[str, Any] = {}
        if not self.errors:
            try:
                self.values = read_values(self.declared, cleaned, actor=self.actor)
            except Invalid as error:
                self.add_domain_errors(error)
        return cleaned
