"""Forms of the designer: a list's settings and a field's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lists_core.captions import CAPTIONS
from lists_core.field_types.base import FieldSettingsForm, FieldType, field_types
from lists_core.models import Field, List
from lists_core.schema.fields import SchemaField
from lists_core.selectors.access_page import role_choices
from lists_core.services.type_changes import SECRETS_STAY
from staff.models import Employee
from svod.base.forms import DomainFormMixin
from svod.base.looks import ICONS, TONES
from svod.base.widgets import IconSelect, ToneSelect

CAPTION = "caption_"
SHOWN = "shown_type"


class ListForm(DomainFormMixin, forms.ModelForm):
    """A list's settings with its captions as fields of their own."""

    icon = forms.ChoiceField(
        label=_("Icon"),
        choices=[(name, name) for name in ICONS],
        widget=IconSelect,
        initial=List._meta.get_field("icon").default,
    )
    color = forms.ChoiceField(
        label=_("Colour"),
        choices=list(TONES.items()),
        widget=ToneSelect,
        initial=List._meta.get_field("color").default,
    )

    everyone = forms.ChoiceField(
        required=False,
        label=_("What all employees may"),
        choices=role_choices,
        initial="none",
        help_text=_("You get full access. The Access tab changes this later, for anybody."),
    )

    class Meta:
        model = List
        fields = [
            "name", "description", "icon", "color", "has_sections", "is_directory", "sort", "code",
        ]  # fmt: skip
        widgets = {"description": forms.Textarea({"rows": 3})}
        help_texts = {
            "code": _("For programs: Latin capitals, digits and underscores. May stay empty."),
            "sort": _("Lists with smaller numbers come first."),
            "has_sections": _("Elements can be put into a tree of sections."),
            "is_directory": _("Its values are chosen in other lists; directories stand together."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["everyone"]
        for key, label in CAPTIONS.items():
            self.fields[CAPTION + key] = forms.CharField(
                label=label,  # type: ignore[arg-type]
                required=False,
                max_length=100,
                initial=self.instance.captions.get(key, ""),
                widget=forms.TextInput({"placeholder": label}),
            )

    def main(self) -> list[forms.BoundField]:
        asked = ["everyone"] if "everyone" in self.fields else []
        return [self[name] for name in [*self.Meta.fields, *asked]]

    def captions(self) -> list[forms.BoundField]:
        return [self[CAPTION + key] for key in CAPTIONS]

    def settings(self) -> dict[str, Any]:
        """What the service takes: the plain settings and the captions that were filled."""
        given = {CAPTION + key: key for key in CAPTIONS}
        words = {key: self.cleaned_data[name] for name, key in given.items()}
        names = [*self.Meta.fields, *({"everyone"} & self.fields.keys())]
        plain = {name: self.cleaned_data[name] for name in names}
        return {**plain, "captions": {key: text for key, text in words.items() if text}}


class CopyForm(forms.Form):
    name = forms.CharField(label=_("Name of the copy"), max_length=200)
    with_elements = forms.BooleanField(label=_("Copy the elements too"), required=False)


FLAGS = (
    "required", "show_in_list", "show_in_add", "show_in_edit", "readonly_in_add",
    "readonly_in_edit",
)  # fmt: skip


def type_choices() -> list[tuple[str, Any]]:
    kinds = ((kind.slug, kind.label) for kind in field_types if kind.offered)
    return sorted(kinds, key=lambda item: str(item[1]))


class TypedForm(forms.Form):
    """A form with the settings form of a type inside (`kind`, `type_form`).

    The page says in SHOWN whose settings it shows. After another type was chosen nothing sent
    belongs to it, and its settings begin with their usual values.
    """

    kind: FieldType
    type_form: FieldSettingsForm

    def settings_form(self, data: Any, initial: Any, *, field: Field, actor: Employee) -> Any:
        sent = data if (data or {}).get(SHOWN, self.kind.slug) == self.kind.slug else None
        return self.kind.SettingsForm(
            sent, prefix="settings", initial=initial, field=field, actor=actor
        )

    def is_valid(self) -> bool:
        # Both are asked, so that all the errors show at once.
        own, of_type = super().is_valid(), self.type_form.is_valid()
        return own and of_type

    def hide_errors(self) -> None:
        """For a form drawn anew while the person still fills it in."""
        for form in (self, self.type_form):
            form.errors.clear()


class FieldForm(DomainFormMixin, TypedForm):
    """A field's settings. The type brings its own form (`type_form`) and the default's control.

    The type and "multiple" are chosen once; later they change with a preview of their own.
    """

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(
        label=_("Code"),
        max_length=63,
        required=False,
        help_text=_("For programs and templates. Made from the name when left empty."),
    )
    hint = forms.CharField(label=_("Hint"), max_length=500, required=False)
    type = forms.ChoiceField(label=_("Type"), choices=type_choices)
    multiple = forms.BooleanField(label=_("Several values"), required=False)
    required = forms.BooleanField(label=_("Required"), required=False)
    unique = forms.BooleanField(
        label=_("Unique"),
        required=False,
        help_text=_("Two elements cannot have the same value."),
    )
    show_in_list = forms.BooleanField(label=_("Show in the list"), required=False, initial=True)
    show_in_add = forms.BooleanField(label=_("Show in the add form"), required=False, initial=True)
    show_in_edit = forms.BooleanField(
        label=_("Show in the edit form"), required=False, initial=True
    )
    readonly_in_add = forms.BooleanField(label=_("Read-only when adding"), required=False)
    readonly_in_edit = forms.BooleanField(label=_("Read-only when editing"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        list_: List,
        actor: Employee,
        field: Field | None = None,
        type_slug: str = "string",
    ) -> None:
        self.list = list_
        self.field = field
        self.actor = actor
        super().__init__(data, initial=_initial(field, type_slug))
        self.kind = self._kind(data, type_slug)
        self.type_form = self.settings_form(
            data,
            field.settings if field else None,
            field=field or Field(list=list_, type=self.kind.slug),
            actor=actor,
        )
        self._fit_to_type()

    def _kind(self, data: Any, type_slug: str) -> FieldType:
        asked = self.field.type if self.field else (data or {}).get("type", type_slug)
        return field_types.get(asked if asked in field_types else "string")

    def _fit_to_type(self) -> None:
        if self.field:
            del self.fields["type"], self.fields["multiple"]
        elif not self.kind.multiple_allowed:
            del self.fields["multiple"]
        if not self.kind.unique_allowed or (self.field and self.field.multiple):
            del self.fields["unique"]
        if self.kind.default_allowed and not self.kind.automatic:
            self._add_default()

    def _add_default(self) -> None:
        schema_field = SchemaField.of(self.becoming())
        self.fields["default"] = schema_field.form_field(required=False, actor=self.actor)
        self.fields["default"].label = _("Default")
        self.fields["default"].help_text = ""
        self.initial["default"] = schema_field.default() if self.field else None

    def becoming(self) -> Field:
        """The field as the form describes it now, not saved; for the preview and the default."""
        field = Field(list=self.list, type=self.kind.slug, column="preview")
        if self.field:
            field = Field(**{f.attname: getattr(self.field, f.attname) for f in Field._meta.fields})
        field.multiple = self.field.multiple if self.field else self._ticked("multiple")
        if self.type_form.is_bound and self.type_form.is_valid():
            field.settings = self.type_form.cleaned_data
        return field

    def _ticked(self, name: str) -> bool:
        return self.kind.multiple_allowed and bool((self.data or {}).get(name))

    def given(self) -> dict[str, Any]:
        """What the services take."""
        values = {key: value for key, value in self.cleaned_data.items() if key != "type"}
        values["settings"] = self.type_form.cleaned_data
        if "default" in values:
            values["default"] = SchemaField.of(self.becoming()).to_json(values["default"])
        if self.field and not values["code"]:
            values["code"] = self.field.code
        return values

    def flags(self) -> list[forms.BoundField]:
        return [self[name] for name in ("multiple", "unique", *FLAGS) if name in self.fields]


class TypeForm(TypedForm):
    """What a field is to become: the type with its settings."""

    type = forms.ChoiceField(label=_("New type"), choices=type_choices)
    multiple = forms.BooleanField(label=_("Several values"), required=False)

    def __init__(self, data: Any = None, *, field: Field, actor: Employee) -> None:
        super().__init__(data, initial={"type": field.type, "multiple": field.multiple})
        asked = (data or {}).get("type", field.type)
        self.field = field
        self.kind = field_types.get(asked if asked in field_types else field.type)
        if not self.kind.multiple_allowed:
            del self.fields["multiple"]
        same = field.settings if self.kind.slug == field.type else None
        self.type_form = self.settings_form(data, same, field=field, actor=actor)

    def clean_type(self) -> str:
        if field_types.get(self.field.type).concealed:
            raise forms.ValidationError(SECRETS_STAY)
        return str(self.cleaned_data["type"])

    def target(self) -> dict[str, Any]:
        return {
            "type": self.cleaned_data["type"],
            "multiple": self.cleaned_data.get("multiple", False),
            "settings": self.type_form.cleaned_data,
        }


def _initial(field: Field | None, type_slug: str) -> dict[str, Any]:
    if field is None:
        return {"type": type_slug}
    return {name: getattr(field, name) for name in ("name", "code", "hint", "unique", *FLAGS)}
