"""The form in which a report is made: what may be asked of a list, for one person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.controls import MultipleField
from lists_core.reports.measures import HOURS
from lists_core.reports.question import (
    BY_GROUP,
    CHARTS,
    LIMITS,
    USUAL_LIMIT,
    Question,
    group_choices,
    groupings_of,
    measure_choices,
    moments,
)
from lists_core.schema.compile import Schema
from staff.subject_picker import SubjectsField
from svod.base.forms import DomainFormMixin

NONE = ("", "—")
UP, DOWN = "up", "down"
Choices = list[tuple[str, Any]]


class ReportForm(DomainFormMixin, forms.Form):
    """`raw` is the question as it was sent or kept, whatever of it fits."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    group1 = forms.ChoiceField(label=gettext_lazy("Group by"), required=False)
    group2 = forms.ChoiceField(label=gettext_lazy("and across by"), required=False)
    time_from = forms.ChoiceField(label=gettext_lazy("Average time: from"), required=False)
    time_to = forms.ChoiceField(label=gettext_lazy("Average time: to"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Sort by"), required=False)
    order = forms.ChoiceField(
        label=gettext_lazy("Order"),
        required=False,
        choices=[(UP, gettext_lazy("ascending")), (DOWN, gettext_lazy("descending"))],
    )
    limit = forms.TypedChoiceField(
        label=gettext_lazy("Show groups, the rest as “others”"),
        required=False,
        coerce=int,
        choices=[(limit, limit) for limit in LIMITS],
        empty_value=str(USUAL_LIMIT),
    )
    chart = forms.ChoiceField(
        label=gettext_lazy("Chart"), required=False, choices=list(CHARTS.items())
    )
    readers = SubjectsField(
        label=gettext_lazy("Who else sees the report"),
        required=False,
        help_text=gettext_lazy("Each of them sees in it only what they may read in the list."),
    )

    def __init__(self, data: Any = None, *, schema: Schema, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        groups = grouped_choices(schema)
        times = [(field.code, field.name) for field in moments(schema)]
        measures = measured_choices(schema)
        item = forms.ChoiceField(choices=[NONE, *measures], required=False)
        self.fields["measures"] = MultipleField(item, required=False)
        self.fields["measures"].label = _("What to count")
        for name in ("group1", "group2"):
            self._choices(name, [NONE, *groups])
        for name in ("time_from", "time_to"):
            self._choices(name, [NONE, *times])
        self._choices("sort", [(BY_GROUP, _("Group")), *measures, *self._time(data, dict(times))])

    def _choices(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _time(self, data: Any, names: Mapping[str, Any]) -> Choices:
        """Time between two fields can be sorted by when it is asked for."""
        code = time_code(data or self.initial)
        known = code and set(code.split(":")[1:]) <= names.keys()
        return [(code, _("Average time"))] if known else []


def grouped_choices(schema: Schema) -> Choices:
    """Choices of groupings, those of a date under its name."""
    choices: Choices = []
    for group in group_choices(schema):
        if len(groupings_of(group.field)) == 1:
            choices.append((group.code, group.field.name))
        elif choices and choices[-1][0] == str(group.field.name):
            choices[-1][1].append((group.code, group.name))
        else:
            choices.append((str(group.field.name), [(group.code, group.name)]))
    return choices


def measured_choices(schema: Schema) -> Choices:
    choices: Choices = []
    for measured in measure_choices(schema):
        if measured.field is None:
            choices.append((measured.code, measured.name))
        elif choices and choices[-1][0] == str(measured.field.name):
            choices[-1][1].append((measured.code, measured.name))
        else:
            choices.append((str(measured.field.name), [(measured.code, measured.name)]))
    return choices


def time_code(data: Mapping[str, Any]) -> str:
    first, last = data.get("time_from"), data.get("time_to")
    return f"{HOURS.slug}:{first}:{last}" if first and last else ""


def question_of(data: MultiValueDict[str, str]) -> dict[str, Any]:
    """The question of a sent form, not checked yet."""
    measures = [*data.getlist("measures"), time_code(data)]
    limit = str(data.get("limit", ""))
    return {
        "filter": tree_of(str(data.get("filter", ""))),
        "groups": [code for code in (data.get("group1"), data.get("group2")) if code],
        "measures": [code for code in measures if code],
        "sort": data.get("sort", BY_GROUP),
        "descending": data.get("order") == DOWN,
        "limit": int(limit) if limit in map(str, LIMITS) else USUAL_LIMIT,
        "chart": data.get("chart", ""),
    }


def tree_of(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return {}


def initial_of(question: Question) -> dict[str, Any]:
    """What the form shows of a question."""
    codes = [group.code for group in question.groups]
    times = [measured for measured in question.measures if measured.other]
    time = times[0] if times else None
    return {
        "group1": codes[0] if codes else "",
        "group2": codes[1] if len(codes) > 1 else "",
        "measures": [measured.code for measured in question.measures if not measured.other],
        "time_from": time.field.code if time and time.field else "",
        "time_to": time.other.code if time and time.other else "",
        "sort": question.sort,
        "order": DOWN if question.descending else UP,
        "limit": question.limit,
        "chart": question.chart,
    }
