"""Forms of the templates' library."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.element import SEARCH, LinkedElements
from lists_core.field_types.pickers import PickerField
from lists_core.models import List
from lists_core.selectors.lists import owned_lists
from staff.models import Employee
from svod.base.errors import Invalid
from workflows.models import DocumentTemplate
from workflows.selectors.documents import link_fields_to


class DocxInput(forms.ClearableFileInput):
    """The browser's own control, for .docx alone."""

    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ".docx", "class": "form-control"})


class ServiceForm(forms.Form):
    def add_domain_errors(self, error: Invalid) -> None:
        """What the service refused, at the fields it names."""
        for name, messages in error.errors.items():
            self.add_error(name if name in self.fields else None, messages)


class NewTemplateForm(ServiceForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    list = forms.TypedChoiceField(
        label=_("List"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("The documents are made of its elements."),
    )
    file = forms.FileField(label=_("File .docx"), widget=DocxInput)

    def __init__(self, *args: Any, actor: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = owned_lists(actor)
        none = [("", _("None: a process fills it"))] if actor.is_superuser else []
        self.fields["list"].choices = [*none, *((row.pk, row.name) for row in own)]  # type: ignore[attr-defined]
        self.fields["list"].required = not actor.is_superuser


class TemplateForm(ServiceForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    file_name = forms.CharField(
        label=_("Name of the file"),
        max_length=200,
        required=False,
        help_text=_("May hold placeholders; empty is the template's name."),
    )
    rows_field = forms.TypedChoiceField(
        label=_("Rows of the table"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Elements of another list that link to the one the document is made of."),
    )

    def __init__(self, *args: Any, actor: Employee, template: DocumentTemplate, **kw: Any) -> None:
        super().__init__(*args, **kw)
        links = link_fields_to(actor, template.list_id) if template.list_id else []
        named = [(one.pk, f"{one.list.name}: {one.name}") for one in links]
        self.fields["rows_field"].choices = [("", "—"), *named]  # type: ignore[attr-defined]


class FileForm(ServiceForm):
    file = forms.FileField(label=_("File .docx"), widget=DocxInput)


class FillForm(ServiceForm):
    """Which element to try the template on."""

    def __init__(self, *args: Any, actor: Employee, list_: List, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = reverse("element_suggest", args=[list_.pk])
        field = PickerField(address, LinkedElements(list_.pk, SEARCH), required=True)
        field.for_actor(actor)
        field.label = _("Element")
        self.fields["element"] = field
