"""Form controls that several field types share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

if TYPE_CHECKING:
    from staff.models import Employee
from django.utils.translation import gettext as _

NO_FILES: MultiValueDict[str, Any] = MultiValueDict()


def css_class(widget: forms.Widget) -> str:
    """The class of a control that stands inside another one, where `{% field %}` cannot reach."""
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class Retiring(forms.widgets.ChoiceWidget):
    """Choices among which some are `retired`: only those who have one already see it."""

    def __init__(self, *args: Any, retired: Collection[Any] = (), **kwargs: Any) -> None:
        self.retired = {str(value) for value in retired}
        super().__init__(*args, **kwargs)

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> list[Any]:
        groups = super().optgroups(name, value, attrs)
        return [group for group in groups if self._stays(group[1])]

    def _stays(self, options: Sequence[Mapping[str, Any]]) -> bool:
        return any(
            option["selected"] or str(option["value"]) not in self.retired for option in options
        )


class RetiringSelect(Retiring, forms.Select):
    """A drop-down list of such choices."""


class PartsWidget(forms.MultiWidget):
    """One value typed in several inputs; the classes given to the whole go to each input."""

    def __init__(self, widgets: Mapping[str, forms.Widget]) -> None:
        super().__init__(widgets)  # type: ignore[arg-type]  # Django takes a dict as well
        for widget in self.widgets:
            widget.attrs.setdefault("class", css_class(widget))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        given = dict(attrs or {})
        marks = given.pop("class", "")
        context = super().get_context(name, value, given)
        for part in context["widget"]["subwidgets"] if marks else ():
            part["attrs"]["class"] += f" {marks}"
        return context


def show_to(control: forms.Field, actor: Employee) -> None:
    """Tell a control of ids whose eyes its titles are for; other controls do not care."""
    tell = getattr(control, "for_actor", None)
    if tell:
        tell(actor)


def fit_to(control: forms.Field, row: Any) -> None:
    """Tell a control for which element its choices are; other controls do not care."""
    tell = getattr(control, "for_row", None)
    if tell:
        tell(row)


class MultipleWidget(forms.Widget):
    """A control repeated for each value; the page's `<svod-multi>` adds and removes rows."""

    template_name = "components/widgets/multiple.html"
    use_fieldset = True

    def __init__(self, item: forms.Widget) -> None:
        self.item = item
        super().__init__()

    @property
    def media(self) -> forms.Media:
        return self.item.media

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        values = list(value or []) or [None]
        rows = enumerate(values)
        context["rows"] = [self._row(name, item, attrs, number) for number, item in rows]
        context["blank"] = self._row(name, None, attrs, "new")
        return context

    def _row(self, name: str, value: Any, attrs: Any, number: int | str) -> dict[str, Any]:
        own = {**(attrs or {}), "id": f"{(attrs or {}).get('id', name)}_{number}"}
        own.pop("required", None)
        if not isinstance(self.item, forms.MultiWidget):
            own["class"] = f"{css_class(self.item)} {own.get('class', '')}".strip()
            own["aria-label"] = _("Value")
        row: dict[str, Any] = self.item.get_context(name, value, own)["widget"]
        return row

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Any]:
        names = self._names(name)
        columns = [data.getlist(part) if isinstance(data, MultiValueDict) else data.get(part, [])
                   for part in names]  # fmt: skip
        return [self._one(names, row, name) for row in zip(*columns, strict=False)]

    def _names(self, name: str) -> list[str]:
        """The names of the inputs one row sends: one, or those of a MultiWidget."""
        if isinstance(self.item, forms.MultiWidget):
            return [name + suffix for suffix in self.item.widgets_names]  # type: ignore[attr-defined]
        return [name]

    def _one(self, names: list[str], row: tuple[Any, ...], name: str) -> Any:
        return self.item.value_from_datadict(dict(zip(names, row, strict=True)), NO_FILES, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(part not in data for part in self._names(name))


class MultipleField(forms.Field):
    """Many values of one control; `clean` gives a list without the empty rows."""

    widget: MultipleWidget

    def __init__(self, item: forms.Field, *, required: bool) -> None:
        self.item = item
        super().__init__(required=required, widget=MultipleWidget(item.widget))

    def prepare_value(self, value: Any) -> Any:
        return [self.item.prepare_value(item) for item in value or []]

    def clean(self, value: Any) -> list[Any] | None:
        values = [cleaned for cleaned in map(self._item, value or []) if cleaned not in (None, "")]
        if self.required and not values:
            raise ValidationError(self.error_messages["required"], code="required")
        return values or None

    def _item(self, raw: Any) -> Any:
        return self.item.clean(raw)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or None) != self.clean(data))
        except ValidationError:
            return True
