"""The form of an element, built from its list's schema."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right, list_rights
from lists_core.models import List
from lists_core.new_values import offer_new
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.sections import section_choices
from lists_core.selectors.titles import titles_of
from lists_core.services.shared_elements import offers_readers
from staff.models import Employee
from staff.subject_picker import SubjectsField
from staff.subjects import Subject
from svod.base.errors import Invalid

Mode = Literal["add", "edit"]
SECTION = "SECTION"


@dataclass(frozen=True)
class Line:
    """One place of the form: a control, or a value that may only be read."""

    field: SchemaField
    bound: BoundField | None = None
    html: SafeString | str = ""

    @property
    def wide(self) -> bool:
        """The control needs both columns of the form."""
        widget = self.bound.field.widget if self.bound else None
        widget = getattr(widget, "item", widget)
        return isinstance(widget, forms.Textarea) or getattr(widget, "wide", False)


class ReadersForm(forms.Form):
    """Asked where makers of elements manage the access to them."""

    readers = SubjectsField(
        label=gettext_lazy("Who else may read it"),
        required=False,
        help_text=gettext_lazy("People, departments or groups; can be changed later."),
    )


def _as_it_began(data: Any, initial: Any) -> Any:
    return initial


class ElementForm(forms.Form):
    """Controls by field code, in the list's order. `cleaned_data` holds natural values.

    `values` (code → natural value) is what the controls show before anybody typed; values of
    fields that this form only shows never come from the request.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(
        self,
        data: Any = None,
        *,
        list_: List,
        schema: Schema,
        actor: Employee,
        mode: Mode,
        values: Mapping[str, Any],
        version: int | None = None,
    ) -> None:
        super().__init__(data, initial={**values, "version": version})
        self.list, self.schema, self.actor, self.mode = list_, schema, actor, mode
        self.shown = [field for field in schema.editable if self._is_shown(field)]
        for field in self.shown:
            control = self._control(field)
            if not control.disabled:
                self.fields[field.code] = control
        if list_.has_sections:
            self.fields[SECTION] = self._section_control()
        asks = mode == "add" and offers_readers(actor, list_)
        self.readers = ReadersForm(data) if asks else None

    def is_valid(self) -> bool:
        # Both are asked, so that all the errors show at once.
        known = self.readers is None or self.readers.is_valid()
        return super().is_valid() and known

    def resume(self, typed: QueryDict, codes: Collection[str]) -> None:
        """Show what was typed earlier, unjudged; controls with other codes show what they began
        with."""
        self.data, self.is_bound = typed, True
        self._errors, self.cleaned_data = ErrorDict(), {}
        for code in self.fields.keys() - codes:
            self.fields[code].bound_data = _as_it_began  # type: ignore[method-assign]
        if self.readers:
            self.readers = ReadersForm(initial={"readers": typed.getlist("readers")})

    @property
    def controls(self) -> str:
        """Codes of all that the form asks for, by which its draft tells emptied from not asked."""
        return " ".join(self.fields)

    @property
    def chosen_readers(self) -> list[Subject]:
        """Who else may read the new element; the form must be valid."""
        return self.readers.cleaned_data["readers"] if self.readers else []

    def _is_shown(self, field: SchemaField) -> bool:
        return field.field.show_in_add if self.mode == "add" else field.field.show_in_edit

    def _is_readonly(self, field: SchemaField) -> bool:
        own = field.field
        return own.readonly_in_add if self.mode == "add" else own.readonly_in_edit

    def _control(self, field: SchemaField) -> forms.Field:
        control = field.form_field(actor=self.actor)
        fixed = self._is_readonly(field) or field.key in self.schema.locked
        control.disabled = control.disabled or fixed
        offer_new(control, field, self.actor)
        if field.type.automatic and self.mode == "add":
            control.required = False
            control.help_text = control.help_text or _("Left empty, it is assigned when saved.")
        return control

    def _section_control(self) -> forms.Field:
        current = self.initial.get(SECTION)
        root = [("", _("Not in a section"))] if self._may_stand_at_root(current) else []
        places = section_choices(self.list, self.actor, right=Right.ADD, keep=current)
        return forms.TypedChoiceField(
            label=self.schema[SECTION].name,
            choices=[*root, *places],
            coerce=int,
            empty_value=None,
            required=False,
        )

    def _may_stand_at_root(self, current: int | None) -> bool:
        stands = self.mode == "edit" and current is None
        return stands or Right.ADD in list_rights(self.actor, self.list.pk).root.on_some

    # --- what the templates draw --------------------------------------------------------

    @property
    def lines(self) -> Iterator[Line]:
        """Controls and read-only values in the list's order, the section last."""
        for field in self.shown:
            if field.code in self.fields:
                yield Line(field, self[field.code])
            else:
                yield Line(field, html=self._rendered(field))
        if SECTION in self.fields:
            yield Line(self.schema[SECTION], self[SECTION])

    def _rendered(self, field: SchemaField) -> SafeString | str:
        value = self.initial.get(field.code)
        if value is None and field.type.automatic:
            return _("Assigned when saved.")
        return field.render(value, self._titles.get(field.key, {}))

    @cached_property
    def _titles(self) -> dict[str, Any]:
        fixed = [field for field in self.shown if field.code not in self.fields]
        pairs = [(field, self.initial.get(field.code)) for field in fixed]
        return titles_of(pairs, actor=self.actor)

    # --- what the services take ---------------------------------------------------------

    @property
    def values(self) -> dict[str, Any]:
        """Natural values by code of what the person could change, the section among them.

        The program fills what it numbers itself, unless the person gave a number.
        """
        left = {field.code for field in self.shown if field.type.automatic}
        given = {
            code: value
            for code, value in self.cleaned_data.items()
            if code != "version" and code not in self._untouched
        }
        return {
            code: value for code, value in given.items() if value is not None or code not in left
        }

    @property
    def _untouched(self) -> set[str]:
        """Secrets that nobody typed: what stands there may be sealed anew at any moment."""
        concealed = {field.code for field in self.shown if field.type.concealed}
        return concealed - set(self.changed_data)

    def add_domain_errors(self, error: Invalid) -> None:
        """Put a service's errors at their fields; those of fields not shown go to the top."""
        for code, messages in error.errors.items():
            if code in self.fields:
                self.add_error(code, messages)
            elif code == "readers" and self.readers:
                self.readers.add_error(code, messages)
            else:
                name = self.schema[code].name if code in self.schema.by_code else ""
                self.add_error(None, [f"{name}: {text}" if name else text for text in messages])
