"""Lists with their fields, and sections. Every save goes through the services, because a
field is not only a row but columns of a table as well."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from lists_core.admin.base import ReadOnlyAdmin
from lists_core.field_types.base import field_types
from lists_core.models import Field, FieldOption, List, Section
from lists_core.selectors.access_page import role_choices
from lists_core.services import fields, lists
from staff.models import Employee
from svod.base.errors import DomainError, Invalid
from svod.base.http import PortalRequest

EDITED = (
    "name", "code", "description", "icon", "color", "sort", "has_sections", "is_directory",
    "captions",
)  # fmt: skip
FLAGS = ["show_in_list", "show_in_add", "show_in_edit", "readonly_in_add", "readonly_in_edit"]
REFUSAL = "svod_refusal"
CHANGED_HERE = ["name", "code", "hint", "sort", "required", "unique", "settings", *FLAGS]


class NewListForm(forms.ModelForm):
    """A list that is being made also says what all employees may in it."""

    everyone = forms.ChoiceField(
        required=False, label=_("What all employees may"), choices=role_choices, initial="none"
    )


class FieldForm(forms.ModelForm):
    """A field in the list's page; type and "multiple" are set once, in the portal they change."""

    type = forms.ChoiceField(
        label=_("Type"), choices=lambda: [(kind.slug, kind.label) for kind in field_types]
    )

    class Meta:
        model = Field
        fields = ["name", "code", "type", "multiple", "hint", "sort", "required", "unique", *FLAGS,
                  "settings"]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["type"].disabled = self.fields["multiple"].disabled = True

    def clean(self) -> dict[str, Any]:
        """The services' own rules, so that a refusal shows beside the field."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and not self.errors:
            candidate = Field.objects.get(pk=self.instance.pk)
            for key in CHANGED_HERE:
                setattr(candidate, key, cleaned[key])
            try:
                fields.check_field(candidate)
            except Invalid as error:
                for key, texts in error.errors.items():
                    self.add_error(key if key in self.fields else None, texts)
        return cleaned


class FieldInline(admin.StackedInline):
    model = Field
    form = FieldForm
    extra = 0
    show_change_link = True
    classes = ["collapse"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Field]:
        return super().get_queryset(request).filter(deleted_at=None)


@admin.register(List)
class ListAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "sort", "has_sections", "created_by", "deleted_at"]
    list_filter = ["has_sections", ("deleted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["created_by"]
    search_fields = ["name", "code", "description"]
    inlines = [FieldInline]
    actions = ["to_bin", "from_bin"]

    def get_fields(self, request: HttpRequest, obj: List | None = None) -> tuple[str, ...]:
        return EDITED if obj else (*EDITED, "everyone")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the bin first: the action below

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as error:
            # Once more with a form that knows the reason: the page keeps what was typed.
            setattr(request, REFUSAL, _plain(error))
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[forms.ModelForm]:
        if not (args and args[0]):
            kwargs = {**kwargs, "form": NewListForm}
        form = super().get_form(request, *args, **kwargs)
        reason = getattr(request, REFUSAL, "")
        return _refused(form, reason) if reason else form

    def save_model(self, request: HttpRequest, obj: List, form: Any, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in EDITED}
        if change:
            saved = lists.update_list(obj.pk, actor=_actor(request), **given)
        else:
            everyone = form.cleaned_data["everyone"]
            saved = lists.create_list(actor=_actor(request), everyone=everyone, **given)
        obj.__dict__.update(saved.__dict__)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for field in formset.new_objects:
            fields.create_field(
                form.instance.pk, field.type, actor=_actor(request), **_given(field)
            )
        for field, _changed in formset.changed_objects:
            given = {key: getattr(field, key) for key in CHANGED_HERE}
            fields.update_field(field.pk, actor=_actor(request), **given)
        for field in formset.deleted_objects:
            fields.delete_field(field.pk, actor=_actor(request))

    @admin.action(description=_("Move to the bin"))
    def to_bin(self, request: PortalRequest, queryset: QuerySet[List]) -> None:
        for list_ in queryset.filter(deleted_at=None):
            lists.delete_list(list_.pk, actor=request.user)

    @admin.action(description=_("Restore from the bin"))
    def from_bin(self, request: PortalRequest, queryset: QuerySet[List]) -> None:
        for list_ in queryset.exclude(deleted_at=None):
            lists.restore_list(list_.pk, actor=request.user)


def _actor(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def _given(field: Field) -> dict[str, Any]:
    return {key: getattr(field, key) for key in [*CHANGED_HERE, "multiple"]}


def _refused(form: type[forms.ModelForm], reason: str) -> type[forms.ModelForm]:
    """The form that never is valid, because the services gave this reason."""

    def clean(self: forms.ModelForm) -> None:
        form.clean(self)
        self.add_error(None, reason)

    return type(form.__name__, (form,), {"clean": clean})


def _plain(error: DomainError) -> str:
    if isinstance(error, Invalid):
        return " ".join(text for texts in error.errors.values() for text in texts)
    return str(error)


class OptionInline(admin.TabularInline):
    model = FieldOption
    extra = 0
    fields = ["name", "code", "color", "sort", "is_default", "deleted_at"]
    readonly_fields = ("name", "code", "color", "sort", "is_default", "deleted_at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Field)
class FieldAdmin(ReadOnlyAdmin):
    """All fields of all lists, to be found; they are changed on their list's page."""

    list_display = ["name", "list", "code", "type", "multiple", "required", "deleted_at"]
    list_filter = ["type", "multiple", "required", "list"]
    list_select_related = ["list"]
    search_fields = ["name", "code", "list__name"]
    inlines = [OptionInline]


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    list_display = ["name", "list", "parent", "code", "sort"]
    list_filter = ["list"]
    list_select_related = ["list", "parent"]
    search_fields = ["name", "code"]
