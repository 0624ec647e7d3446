"""The form of a role: its name and members, and the matrix of kinds, operations and scopes.

A cell posts `scope-<list>-<section>-<right>` (section 0 for all pipelines); a pipeline's row
counts only where `own-<list>-<section>` is ticked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm_link.models import OPERATIONS, Scope
from crm_link.selectors.roles import (
    NO_SCOPES,
    Draft,
    Place,
    Scopes,
    fingerprint,
    kind_lists,
)
from crm_link.selectors.stages import pipelines_all
from lists_core.access import Right
from lists_core.models import List, Section
from staff.subject_picker import SubjectsField
from svod.base.forms import DomainFormMixin


class RoleForm(DomainFormMixin, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    members = SubjectsField(label=_("Who has the role"), required=False)
    manages = forms.BooleanField(
        label=_("May change CRM settings"),
        help_text=_("Roles, pipelines and stages, tabs of cards."),
        required=False,
    )
    fingerprint = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, draft: Draft, data: QueryDict | None = None) -> None:
        first = {
            "name": draft.name,
            "members": [one.code for one in draft.members],
            "manages": draft.manages,
            "fingerprint": fingerprint(draft),
        }
        super().__init__(data, initial=first)
        self.stored = draft.permissions
        self.rows = [Row(self, *place) for place in _places()]

    @property
    def draft(self) -> Draft:
        """What was typed; only after `is_valid`."""
        given = self.cleaned_data
        return Draft(
            given["name"],
            given["manages"],
            given["members"],
            {row.place: row.scopes for row in self.rows if row.counts},
        )

    @property
    def operations(self) -> Sequence[Right]:
        return list(OPERATIONS)

    def begin_anew(self, draft: Draft) -> None:
        """Saving again will replace what the others stored."""
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        typed["fingerprint"] = fingerprint(draft)
        self.data = typed


@dataclass(frozen=True)
class Cell:
    name: str
    right: Right
    scope: Scope

    @property
    def options(self) -> Sequence[tuple[str, str, bool]]:
        return [(one.value, str(one.label), one == self.scope) for one in Scope]


class Row:
    """A kind, or a pipeline of it, whose own permission may stand in the place of the kind's."""

    def __init__(self, form: RoleForm, list_: List, section: Section | None) -> None:
        self.place: Place = (list_.pk, section.pk if section else None)
        self.pipeline = section is not None
        self.has_pipelines = list_.has_sections
        self.name = section.name if section else list_.name
        self.icon = list_.icon
        self.form = form

    @property
    def key(self) -> str:
        return f"{self.place[0]}-{self.place[1] or 0}"

    @property
    def counts(self) -> bool:
        """A kind's row always does."""
        if not self.pipeline:
            return True
        return f"own-{self.key}" in self.form.data if self.form.is_bound else self._is_stored

    @property
    def _is_stored(self) -> bool:
        return self.place in self.form.stored

    @property
    def scopes(self) -> Scopes:
        if self.form.is_bound:
            return {right: self._typed(right) for right in OPERATIONS}
        above = self.form.stored.get((self.place[0], None), NO_SCOPES)
        return self.form.stored.get(self.place, above)

    def _typed(self, right: Right) -> Scope:
        """Anything else than a scope is none."""
        text = self.form.data.get(f"scope-{self.key}-{right.value}", "")
        return Scope(text) if text in Scope.values else Scope.NONE

    @property
    def cells(self) -> Iterator[Cell]:
        scopes: Mapping[Right, Scope] = self.scopes
        for right in OPERATIONS:
            yield Cell(f"scope-{self.key}-{right.value}", right, scopes[right])


def _places() -> Iterator[tuple[List, Section | None]]:
    for list_ in kind_lists().values():
        yield list_, None
        if list_.has_sections:
            yield from ((list_, section) for section in pipelines_all(list_))
