"""File (Disk): a link to a file of the shared Disk, so a new version is seen everywhere.

It shows to those who may read the file on the Disk; the field itself gives no right to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.urls import reverse_lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import Title, field_types
from lists_core.field_types.file import among, file_title, render_file
from lists_core.field_types.pickers import PickerField, PickerWidget, multiple_picker
from lists_core.field_types.references import (
    Found,
    ReferenceKind,
    ReferenceType,
    Wanted,
    by_scope,
    ids_of,
    references,
    resolved,
)
from lists_core.field_types.string import text_sort_key
from lists_core.field_types.titled import Titled
from lists_core.filters.operators import CHOICE, Arity, Asked, Operator, text_control
from lists_core.models import DiskFile
from lists_core.selectors.disk import all_visible, disk_files_by_id, search_files
from staff.models import Employee

if TYPE_CHECKING:
    from lists_core.models import Field

SUGGEST = reverse_lazy("disk_suggest")


@references.register
class DiskFiles(ReferenceKind):
    slug = "disk_file"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        rows = disk_files_by_id(actor, ids_of(wanted))
        return by_scope(wanted, {pk: disk_title(row) for pk, row in rows.items()})

    def kept(self, wanted: Wanted, *, actor: Employee) -> bool:
        return all_visible(actor, sorted(set().union(*wanted.values())))


def disk_title(file: DiskFile) -> Title:
    """The Disk's name of the file and the address of whatever version is current."""
    return Title(file.name, file.content_url, file_title(file.current).extra)


class DiskChoices:
    """The choices of a picker: everything on the Disk, asked for by words."""

    def titles(self, ids: Collection[int], actor: Employee) -> Mapping[int, str]:
        return {pk: file.name for pk, file in disk_files_by_id(actor, ids).items()}

    def all(self, actor: Employee) -> None:
        return None


def _name_contains(asked: Asked) -> models.Q:
    return among(asked, search_files(asked.actor, asked.value).order_by())


NAME_CONTAINS = Operator(
    "contains", gettext_lazy("name contains"), Arity.ONE, _name_contains, text_control
)


@field_types.register
class DiskFileType(ReferenceType):
    slug = "disk_file"
    label = gettext_lazy("File (Disk)")
    icon = "folders"
    reference = "disk_file"

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return _on_disk(PickerField(SUGGEST, DiskChoices(), required=required))

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return _on_disk(multiple_picker(SUGGEST, DiskChoices(), required=required))

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """Disk files by name; a name that stands in several folders is refused."""
        known: dict[str, set[int]] = {}
        for pk, name in search_files(actor, "").order_by().values_list("pk", "name"):
            known.setdefault(name.casefold(), set()).add(pk)
        none = _("There is no file “%(name)s” on the Disk.")
        several = _("The Disk has several files “%(name)s”.")
        return {
            text: resolved(known.get(text.strip().casefold(), ()), text, none=none, several=several)
            for text in texts
        }

    def render_title(self, field: Field, title: Title) -> SafeString:
        return render_file(title)

    def search_things(self, field: Field, words: str, *, actor: Employee) -> list[Titled]:
        return [Titled(search_files(actor, words), text_sort_key("name"))]

    @property
    def operators(self) -> Iterable[Operator]:
        return (*CHOICE[:2], NAME_CONTAINS, *CHOICE[2:])


def _on_disk(control: PickerField) -> PickerField:
    """The picker with a way to the Disk beside it, for what is not there yet."""
    widget: PickerWidget = control.widget
    widget.template_name = "components/widgets/disk_picker.html"
    return control
