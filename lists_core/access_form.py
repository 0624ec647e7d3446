"""The form of an Access tab: rows of subjects with a role or single rights.

A row posts `subject` (its code), `role-<code>` and, for the role "custom", `right-<code>`. The
buttons `add` and `remove` redraw what was typed without saving it. Rows above what the actor
holds are shown and kept as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right, Rights, with_implied
from lists_core.selectors.access_page import (
    CUSTOM,
    AccessPage,
    Role,
    described,
    role_named,
    views_of,
)
from lists_core.selectors.rights import Grants
from lists_core.services.access_changes import Change
from staff.selectors_subjects import SubjectView
from staff.subject_picker import SubjectsField
from staff.subjects import Subject, holders
from svod.base.errors import Invalid

MOST_ROWS = 500
FLAGS = {
    "section": ("restricted",),
    "element": ("restricted",),
    "disk_folder": ("restricted",),
    "disk_file": ("restricted",),
    "field": ("view_restricted", "change_restricted"),
}


class PickerForm(forms.Form):
    """Subjects to add, with the role they are to get."""

    new = SubjectsField(
        label=gettext_lazy("Add people, departments or groups"), required=False, author=True
    )


@dataclass
class Row:
    """A subject as the form has it; a `fixed` one holds more than the actor may take away."""

    subject: Subject
    view: SubjectView
    role: str
    rights: Rights
    fixed: bool = False
    added: bool = False

    @property
    def is_custom(self) -> bool:
        return self.role == CUSTOM


class AccessForm:
    """Bound when `data` is given; `errors` are texts, `change()` is what the service takes."""

    def __init__(self, page: AccessPage, data: QueryDict | None = None) -> None:
        self.page = page
        self.kind = page.thing.kind
        self.errors: list[str] = []
        self.data = data
        self.flags = self._flags()
        self.picker = PickerForm(data)
        self.new_role = self._new_role()
        self.rows = self._stored() if data is None else self._typed(data)
        self.fingerprint = page.fingerprint if data is None else data.get("fingerprint", "")

    # --- reading what came --------------------------------------------------------------

    def _flags(self) -> dict[str, bool]:
        names = FLAGS.get(self.kind, ())
        if self.data is None:
            return {name: bool(getattr(self.page.thing.thing, name)) for name in names}
        return {name: name in self.data for name in names}

    def _new_role(self) -> str:
        asked = self.data.get("role", "view") if self.data else "view"
        return asked if asked in {role.slug for role in self.page.roles} else "view"

    def _stored(self) -> list[Row]:
        views = views_of(self.page.grants)
        rows = [self._row(subject, views) for subject in self.page.grants]
        return sorted(rows, key=lambda row: (row.subject.kind, row.view.name))

    def _row(self, subject: Subject, views: dict[Subject, SubjectView]) -> Row:
        rights = self.page.grants[subject]
        role = role_named(self.kind, rights)
        return Row(subject, views[subject], role, rights, fixed=self._is_fixed(subject))

    def _is_fixed(self, subject: Subject) -> bool:
        return bool(with_implied(self.page.grants.get(subject, ())) - self.page.held)

    def _typed(self, data: QueryDict) -> list[Row]:
        subjects = self._codes(data.getlist("subject"))
        views = views_of(subjects)
        return [self._typed_row(subject, views, data) for subject in subjects]

    def _codes(self, codes: Iterable[str]) -> list[Subject]:
        found: dict[Subject, None] = {}
        for code in [*codes][:MOST_ROWS]:
            try:
                found[Subject.parse(code)] = None
            except Invalid:
                self._refuse(_("There is no such employee, department or group."))
        return list(found)

    def _typed_row(
        self, subject: Subject, views: dict[Subject, SubjectView], data: QueryDict
    ) -> Row:
        role = data.get(f"role-{subject.code}")
        if role is None and self._is_fixed(subject):
            return self._row(subject, views)
        ready = {known.slug: known.rights for known in self.page.roles}
        if role not in {*ready, *([CUSTOM] if self.page.rights else [])}:
            self._refuse(_("Choose a role for each line."))
            role = "none"
        ticked = set(data.getlist(f"right-{subject.code}"))
        single = frozenset(right for right in self.page.rights if right.value in ticked)
        rights = single if role == CUSTOM else ready[str(role)]
        added = subject not in self.page.grants
        fixed = self._is_fixed(subject)
        return Row(subject, views[subject], str(role), rights, fixed=fixed, added=added)

    def _refuse(self, text: str) -> None:
        if text not in self.errors:
            self.errors.append(text)

    # --- drawing ------------------------------------------------------------------------

    @property
    def roles(self) -> Sequence[Role]:
        return self.page.roles

    @property
    def offered(self) -> list[Role]:
        """The roles that the actor may give."""
        return [role for role in self.page.roles if role.allowed and role.slug != "none"]

    @property
    def single(self) -> list[tuple[Right, bool]]:
        """Each right with whether the actor may give it."""
        return [(right, with_implied({right}) <= self.page.held) for right in self.page.rights]

    @cached_property
    def stored_lines(self) -> list[tuple[str, str]]:
        """What is stored now, for whoever began with something else."""
        views = views_of(self.page.grants)
        return [
            (views[subject].name, described(self.kind, rights))
            for subject, rights in sorted(self.page.grants.items())
        ]

    # --- what is done with it -----------------------------------------------------------

    def redraw(self, *, remove: str = "") -> None:
        """Take the chosen subjects over as rows, or a row away; nothing is saved."""
        self.rows = [row for row in self.rows if row.subject.code != remove or row.fixed]
        if self._take_new():
            self.picker = PickerForm()

    def is_valid(self) -> bool:
        """Whether it can be saved; subjects still in the picker come along."""
        if self._take_new():
            self.picker = PickerForm()
        self._check_known()
        return not self.errors

    def _take_new(self) -> bool:
        if not self.picker.is_valid():
            return False
        known = {row.subject for row in self.rows}
        new = [one for one in self.picker.cleaned_data["new"] if one not in known]
        rights = next(role.rights for role in self.page.roles if role.slug == self.new_role)
        views = views_of(new)
        stored = self.page.grants
        self.rows += [
            Row(one, views[one], self.new_role, rights, added=one not in stored) for one in new
        ]
        return True

    def _check_known(self) -> None:
        if self.picker.is_bound and not self.picker.is_valid():
            for texts in self.picker.errors.values():
                for text in texts:
                    self._refuse(str(text))
        try:
            holders(row.subject for row in self.rows)
        except Invalid as error:
            self.add_errors(error)

    def add_errors(self, error: Invalid) -> None:
        for texts in error.errors.values():
            for text in texts:
                self._refuse(text)

    def grants(self) -> Grants:
        return {row.subject: row.rights for row in self.rows if row.rights}

    def change(self) -> Change:
        marks: dict[str, Any] = dict(self.flags)
        return Change(self.fingerprint, self.grants(), **marks)

    def begin_anew(self) -> None:
        """Saving again will replace what the others stored."""
        self.fingerprint = self.page.fingerprint
