"""The form of what cards tell of a list: some rows, each a figure with a name of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_link.figures import offered, text_of
from crm_link.models import TabFigure
from lists_core.schema.compile import Schema
from svod.base.errors import Invalid

EMPTY_ROWS = 3


class FigureForm(forms.Form):
    """An empty `what` is no figure."""

    what = forms.ChoiceField(label=_("What is told"), required=False)
    label = forms.CharField(label=_("Named"), max_length=100, required=False)

    def __init__(self, *args: Any, schema: Schema, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [("", "—"), *offered(schema)]  # type: ignore[attr-defined]


class FiguresForm:
    """Rows in their order, with a few empty ones behind."""

    def __init__(self, schema: Schema, figures: Iterable[TabFigure], data: Any = None) -> None:
        first = [{"what": text_of(one), "label": one.label} for one in figures]
        rows = [*first, *({} for _place in range(EMPTY_ROWS))]
        self.forms = [
            FigureForm(data, prefix=f"row{place}", initial=row, schema=schema)
            for place, row in enumerate(rows)
        ]
        self.error = ""

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]  # all are asked, so that all errors show
        return all(valid)

    @property
    def chosen(self) -> list[tuple[str, str]]:
        rows = (form.cleaned_data for form in self.forms)
        return [(row["what"], row["label"]) for row in rows if row["what"]]

    def add_domain_error(self, error: Invalid) -> None:
        told = [str(text) for texts in error.errors.values() for text in texts]
        self.error = " ".join(told) or str(error)
