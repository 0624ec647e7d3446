"""List: one or several of the field's own options. Elements keep an option's id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, IntegerField, Value
from django.db.models.expressions import BaseExpression
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldSettingsForm, FieldType, Titles, field_types
from lists_core.field_types.controls import Retiring
from lists_core.field_types.options import (
    DRAFT,
    add_options,
    by_text,
    keep_options,
    live_options,
    option_rows,
    options_of,
)
from lists_core.field_types.options_control import OptionsField
from lists_core.field_types.pickers import is_id
from lists_core.filters.operators import CHOICE, PRESENCE
from lists_core.reports.groupings import BY_VALUE

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field, FieldOption
    from lists_core.reports.groupings import Grouping
    from lists_core.schema.fields import SchemaField
    from staff.models import Employee

SELECT, FLAGS = "select", "flags"
LOOKS = ((SELECT, gettext_lazy("Drop-down list")), (FLAGS, gettext_lazy("Buttons or check boxes")))


class _Toned(Retiring):
    """The page draws each option in its colour."""

    tones: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        tone = self.tones.get(str(value))
        if tone:
            option["attrs"]["data-tone"] = tone
        return option


class OptionSelect(_Toned, forms.Select):
    template_name = "components/widgets/select.html"


class OptionSelectMultiple(_Toned, forms.SelectMultiple):
    template_name = "components/widgets/select.html"


class OptionRadios(_Toned, forms.RadioSelect):
    """One of few, all seen at once."""


class OptionBoxes(_Toned, forms.CheckboxSelectMultiple):
    """Several of few, all seen at once."""


class ChoiceSettings(FieldSettingsForm):
    look = forms.ChoiceField(
        label=gettext_lazy("Shown as"), choices=LOOKS, initial=SELECT, required=False
    )
    options = OptionsField(label=gettext_lazy("Options"), required=False)
    grow = forms.BooleanField(
        label=gettext_lazy("Import adds missing options"),
        required=False,
        help_text=gettext_lazy("Otherwise a value that is not among the options is an error."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if DRAFT not in self.initial:
            self.initial = {**self.initial, DRAFT: option_rows(self.field)}


@field_types.register
class ChoiceType(FieldType):
    slug = "list"
    label = gettext_lazy("List")
    icon = "list-check"
    SettingsForm = ChoiceSettings
    default_allowed = False

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    # --- forms --------------------------------------------------------------------------

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        widget = OptionRadios if field.settings.get("look") == FLAGS else OptionSelect
        empty = [] if required and widget is OptionRadios else [("", "—")]
        return forms.TypedChoiceField(
            required=required,
            coerce=int,
            empty_value=None,
            choices=[*empty, *_choices(field)],
            widget=_toned(widget, field),
        )

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        flags = field.settings.get("look") == FLAGS
        return forms.TypedMultipleChoiceField(
            required=required,
            coerce=int,
            empty_value=None,
            choices=_choices(field),
            widget=_toned(OptionBoxes if flags else OptionSelectMultiple, field),
        )

    def clean(self, field: Field, value: Any) -> int:
        option = options_of(field).get(value) if type(value) is int else None
        if option is None or option.deleted_at:
            raise ValidationError(_("Choose one of the options."))
        return int(value)

    def arrange(self, field: Field, values: list[Any]) -> list[Any]:
        return [pk for pk in options_of(field) if pk in values]

    def default(self, field: Field) -> Any:
        ids = [option.pk for option in live_options(field) if option.is_default]
        return ids if field.multiple else next(iter(ids), None)

    # --- other forms of a value ---------------------------------------------------------

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        option = options_of(field).get(value)
        return option.name if option else _("(removed)")

    def from_text(self, field: Field, text: str) -> int | None:
        name = text.strip().casefold()
        if not name:
            return None
        found = by_text(live_options(field)).get(name)
        if found is None:
            raise ValidationError(_("There is no option “%(name)s”.") % {"name": text[:100]})
        return found

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """Options by name or code, in any case; with `grow` the missing ones are added first."""
        if DRAFT in field.settings and field.pk:
            keep_options(field)  # a change of type converts before it saves
        known = by_text(live_options(field))
        names = {text for text in texts if text.strip() and text.strip().casefold() not in known}
        if names and field.settings.get("grow"):
            add_options(field, sorted(names))
            known = by_text(live_options(field))
        return {text: self._found(known, text) for text in texts}

    def _found(self, known: Mapping[str, int], text: str) -> Any:
        if not text.strip():
            return None
        missing = ValidationError(_("There is no option “%(name)s”.") % {"name": text[:100]})
        return known.get(text.strip().casefold(), missing)

    def to_json(self, field: Field, value: Any) -> int:
        return int(value)

    def from_json(self, field: Field, raw: Any) -> int:
        if not isinstance(raw, int | str) or not is_id(raw):
            raise ValidationError(_("Choose one of the options."))
        return int(raw)

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        option = options_of(field).get(value)
        if option is None or option.deleted_at:
            name = option.name if option else _("(removed)")
            return format_html(
                '<span class="sv-badge sv-gone" title="{}">{}</span>', _("Removed"), name
            )
        tone = f" tone-{option.color}" if option.color else ""
        return format_html('<span class="sv-badge{}">{}</span>', tone, option.name)

    # --- queries ------------------------------------------------------------------------

    @property
    def operators(self) -> Iterable[Operator]:
        return OPERATORS

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (BY_OPTION,)

    def sort_key(self, field: Field, column: str) -> BaseExpression:
        """The place among the options, as the designer ordered them."""
        ids = list(options_of(field))
        places = Value(ids, output_field=ArrayField(models.BigIntegerField()))
        return Func(places, F(column), function="array_position", output_field=IntegerField())

    def search_values(self, field: Field, words: str, *, actor: Employee) -> Collection[int]:
        wanted = words.casefold()
        options = options_of(field).values()
        return [option.pk for option in options if wanted in option.name.casefold()]

    # --- life ---------------------------------------------------------------------------

    def carry(self, field: Field, target: Field, value: Any) -> Any:
        """A copied list has its own options, in the same order."""
        places = {pk: place for place, pk in enumerate(options_of(field))}
        copied = list(options_of(target))
        return copied[places[value]] if value in places else None

    def settings_saved(self, field: Field, cleaned: Mapping[str, Any]) -> None:
        if DRAFT in field.settings:
            keep_options(field)
            field.save(update_fields=["settings"])


def _choices(field: Field) -> list[tuple[int, str]]:
    return [(option.pk, _label(option)) for option in options_of(field).values()]


def _label(option: FieldOption) -> str:
    if option.deleted_at:
        return _("%(name)s (removed)") % {"name": option.name}
    return option.name


def _toned(widget: type[Any], field: Field) -> forms.Widget:
    options = options_of(field)
    made: forms.Widget = widget(retired=[pk for pk, row in options.items() if row.deleted_at])
    made.tones = {str(pk): row.color for pk, row in options.items() if row.color}  # type: ignore[attr-defined]
    return made


def _any_option(field: SchemaField) -> forms.Field:
    """Removed options too: elements may still have them."""
    return forms.TypedChoiceField(coerce=int, choices=_choices(field.field))


OPERATORS = (
    *(replace(operator, control=_any_option) for operator in CHOICE if operator not in PRESENCE),
    *PRESENCE,
)


def _place(field: SchemaField, key: int) -> int:
    """The place among the options, as the designer ordered them; what is gone comes last."""
    ids = list(options_of(field.field))
    return ids.index(key) if key in ids else len(ids)


def _tone(field: SchemaField, key: int) -> str:
    option = options_of(field.field).get(key)
    return option.color if option and not option.deleted_at else ""


BY_OPTION = replace(BY_VALUE, order=_place, tone=_tone)
