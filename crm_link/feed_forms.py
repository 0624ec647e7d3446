"""The form of a consolidation rule, for two lists that were chosen before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_link.models import FeedRule
from crm_link.rule_choices import (
    NONE,
    field_choices,
    filled_choices,
    option_choices,
    taken_choices,
    whole,
)
from crm_link.services.feed_keys import key_kinds
from crm_link.services.feed_values import hows
from crm_link.services.links import may_link
from lists_core.access import schema_for
from lists_core.grid.drafts import Drafter, filterable
from lists_core.models import Field, FieldOption, List
from lists_core.schema.compile import Schema
from staff import selectors as people
from staff.models import Employee
from staff.widgets import PersonSelect, typed_ids
from svod.base.forms import DomainFormMixin
from workflows.widgets.rows import RowsField


class ConditionWidget(forms.Widget):
    """`<svod-list-conditions>`: the rows of the list's filter, kept in a hidden input."""

    template_name = "crm/settings/condition.html"
    use_fieldset = True

    def __init__(self, list_: List, schema: Schema, actor: Employee) -> None:
        self.list, self.schema, self.actor = list_, schema, actor
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        text = value if isinstance(value, str) else json.dumps(value or {}, ensure_ascii=False)
        return {
            **super().get_context(name, value, attrs),
            "json": text,
            "list": self.list,
            "group": Drafter(self.schema, self.actor).filter(text),
            "choices": filterable(self.schema),
        }


class ConditionField(forms.Field):
    """`{"and": […]}` as the filter of a list has it; {} asks for nothing."""

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            tree = json.loads(value or "{}")
        except (ValueError, RecursionError):
            tree = {}
        kept = isinstance(tree, dict) and any(tree.values())
        return tree if kept else {}


class FeedRuleForm(DomainFormMixin, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    run_as = forms.CharField(
        label=_("Works for"),
        required=False,
        widget=PersonSelect,
        help_text=_("It reads and writes with this employee's rights, as a process does."),
    )
    won = forms.BooleanField(label=_("Only those on a stage of success"), required=False)
    condition = ConditionField(label=_("Which elements"), required=False)
    link = forms.ChoiceField(
        label=_("Field that names the sources"),
        required=False,
        help_text=_("A multiple link, or a binding to CRM: the lists lead to one another by it."),
    )
    empty = forms.ChoiceField(
        label=_("An element that has no sources any more"),
        choices=FeedRule.Empty.choices,
        widget=forms.RadioSelect,
        initial=FeedRule.Empty.DELETE,
    )
    cancel_option = forms.ChoiceField(label=_("State of a cancelled one"), required=False)
    is_active = forms.BooleanField(label=_("Works"), required=False, initial=True)

    def __init__(
        self, data: Any, *, source: List, target: List, actor: Employee, rule: FeedRule | None
    ) -> None:
        self.source, self.target, self.actor = source, target, actor
        super().__init__(data, initial=_initial(rule) if rule else _new(actor))
        own, other = schema_for(actor, source), schema_for(actor, target)
        self.fields["condition"].widget = ConditionWidget(source, own, actor)
        linking = [one for one in other.fields if one.multiple and may_link(one, source)]
        self._field("link").choices = [NONE, *field_choices(linking)]
        self._field("cancel_option").choices = option_choices(other)
        self.fields["keys"] = RowsField(_key_columns(own), add=_("Add a key"))
        self.fields["mapping"] = RowsField(_line_columns(own, other), add=_("Add a field"))
        self.fields["keys"].label = _("One element for the same")
        self.fields["mapping"].label = _("What is filled")
        if not actor.is_superuser:
            self.fields["run_as"].disabled = True
            self.fields["run_as"].help_text = _(
                "An administrator has to name the employee for whom the rule works."
            )
        if not own.get("STAGE"):
            del self.fields["won"]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean_run_as(self) -> Employee | None:
        ids = typed_ids(self.cleaned_data["run_as"])
        return people.employees_by_ids(ids).get(ids[0]) if ids else None

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes; only after `is_valid`."""
        own = self.cleaned_data
        option = FieldOption.objects.filter(pk=whole(own["cancel_option"]) or 0).first()
        keys = [
            {"field": whole(row.get("field")), "by": row.get("by")} for row in own["keys"] or ()
        ]
        return {
            "name": own["name"],
            "source": self.source,
            "target": self.target,
            "run_as": own["run_as"],
            "won": bool(own.get("won")),
            "condition": own["condition"],
            "keys": keys,
            "mapping": [_line(row) for row in own["mapping"] or ()],
            "link": Field.objects.filter(pk=whole(own["link"]) or 0).first(),
            "empty": own["empty"],
            "cancel_option": option,
            "cancel_field": option.field if option else None,
            "is_active": own["is_active"],
        }

    @property
    def draft(self) -> FeedRule:
        """The rule as typed, unsaved: for the preview."""
        return FeedRule(**self.given)


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "field": whole(row.get("field")),
        "how": row.get("how"),
        "into": whole(row.get("into")),
    }


def _key_columns(source: Schema) -> dict[str, forms.Field]:
    kinds = [(one.slug, one.label) for one in key_kinds]
    return {
        "field": forms.ChoiceField(label=_("Field"), choices=taken_choices(source)),
        "by": forms.ChoiceField(label=_("By"), choices=kinds),
    }


def _line_columns(source: Schema, target: Schema) -> dict[str, forms.Field]:
    ways = [(one.slug, one.label) for one in hows]
    return {
        "field": forms.ChoiceField(label=_("From the field"), choices=taken_choices(source)),
        "how": forms.ChoiceField(label=_("What is taken"), choices=ways),
        "into": forms.ChoiceField(label=_("Into the field"), choices=filled_choices(target)),
    }


def _new(actor: Employee) -> dict[str, Any]:
    """Only administrators lend an employee's rights, their own too: for others it waits."""
    return {"run_as": str(actor.pk)} if actor.is_superuser else {}


def _initial(rule: FeedRule) -> dict[str, Any]:
    plain = ("name", "won", "condition", "empty", "is_active")
    return {
        **{name: getattr(rule, name) for name in plain},
        "run_as": str(rule.run_as_id or ""),
        "link": rule.link_id,
        "cancel_option": rule.cancel_option_id,
        "keys": [{"field": str(one["field"]), "by": one["by"]} for one in rule.keys],
        "mapping": [
            {"field": str(one["field"]), "how": one["how"], "into": str(one["into"])}
            for one in rule.mapping
        ],
    }
