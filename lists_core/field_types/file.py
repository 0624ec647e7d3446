"""File: uploads kept with the element, shown as thumbnails or as names with sizes.

Tables have nothing to import files from, so an import refuses any text in such a column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldSettingsForm, Title, field_types
from lists_core.field_types.pickers import is_id, listed
from lists_core.field_types.references import (
    Found,
    ReferenceKind,
    ReferenceType,
    Wanted,
    by_scope,
    ids_of,
    references,
)
from lists_core.field_types.string import text_sort_key
from lists_core.field_types.titled import Titled
from lists_core.file_kinds import DOCUMENTS, PICTURES, TEXTS, may_be_previewed
from lists_core.filters.operators import PRESENCE, Arity, Asked, Operator, text_control
from lists_core.models import StoredFile
from lists_core.selectors.files import files_by_id
from staff.models import Employee
from svod.templatetags.ui import icon

if TYPE_CHECKING:
    from lists_core.models import Field

MEGABYTE = 1024 * 1024
ANY, IMAGES, PAPERS = "any", "images", "documents"
KINDS: dict[str, Mapping[str, str]] = {IMAGES: PICTURES, PAPERS: DOCUMENTS | TEXTS}


class Sign(NamedTuple):
    """The picture of a kind of file; build.mjs finds the names after `icon=`."""

    icon: str


SIGNS = {
    DOCUMENTS["pdf"]: Sign(icon="file-type-pdf"),
    DOCUMENTS["xlsx"]: Sign(icon="file-spreadsheet"),
    DOCUMENTS["docx"]: Sign(icon="file-text"),
    TEXTS["txt"]: Sign(icon="file-text"),
    TEXTS["csv"]: Sign(icon="file-spreadsheet"),
    "application/zip": Sign(icon="file-zip"),
}
OTHER = Sign(icon="file")


def file_title(stored: StoredFile) -> Title:
    """How a stored file is shown: name, address and what the cell and the upload need."""
    extra = {"mime": stored.mime, "size": stored.size, "thumb": stored.thumbnail_url}
    return Title(stored.name, stored.get_absolute_url(), extra)


@references.register
class Files(ReferenceKind):
    slug = "file"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        rows = files_by_id(actor, ids_of(wanted))
        return by_scope(wanted, {pk: file_title(row) for pk, row in rows.items()})


class FileSettings(FieldSettingsForm):
    kinds = forms.ChoiceField(
        label=gettext_lazy("Allowed files"),
        choices=[
            (ANY, gettext_lazy("Any")),
            (IMAGES, gettext_lazy("Pictures")),
            (PAPERS, gettext_lazy("Documents")),
        ],
        initial=ANY,
    )
    max_mb = forms.IntegerField(
        label=gettext_lazy("Largest size, MB"), min_value=1, max_value=1000, required=False
    )
    max_count = forms.IntegerField(
        label=gettext_lazy("How many files at most"), min_value=1, max_value=200, required=False
    )


class FileWidget(forms.Widget):
    """The upload zone with the files that are there; each keeps its id in a hidden input.

    The names are those that the actor may read, so uploads survive a form with errors.
    """

    template_name = "components/widgets/file.html"
    wide = True
    actor: Employee | None = None

    def __init__(self, *, multiple: bool, max_bytes: int, accept: str) -> None:
        self.multiple, self.max_bytes, self.accept = multiple, max_bytes, accept
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        ids = [int(item) for item in listed(value) if is_id(item)]
        rows = files_by_id(self.actor, ids) if self.actor and ids else {}
        context["files"] = [rows[pk] for pk in ids if pk in rows]
        context["kept"] = [pk for pk in ids if pk not in rows]
        context["upload"] = self
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        sent = data.getlist(name) if hasattr(data, "getlist") else listed(data.get(name))
        # The page puts what is uploaded anew behind what this person could not see.
        return sent if self.multiple else next(iter(sent[::-1]), None)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """No hidden input means that the last file was removed."""
        return False


class FileControl(forms.Field):
    """Ids of uploaded files: an int, or a list of them for a multiple field."""

    widget: FileWidget

    def __init__(self, widget: FileWidget, *, required: bool, max_count: int | None) -> None:
        self.max_count = max_count
        super().__init__(required=required, widget=widget)

    def for_actor(self, actor: Employee) -> None:
        """Show the names of files that this person may read."""
        self.widget.actor = actor

    def to_python(self, value: Any) -> Any:
        sent = [item for item in listed(value) if str(item).strip()]
        if not all(map(is_id, sent)):
            raise ValidationError(_("Upload the file again."))
        ids = list(dict.fromkeys(int(item) for item in sent))
        check_count(self.max_count, len(ids))
        if self.widget.multiple:
            return ids or None
        return ids[0] if ids else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [str(item) for item in listed(initial)] != [str(item) for item in listed(data)]


def check_count(most: int | None, count: int) -> None:
    if most and count > most:
        raise ValidationError(_("At most %(count)d files are allowed.") % {"count": most})


def among(asked: Asked, things: QuerySet[Any]) -> Q:
    """The field holds (one of) the things of a query, which stays a part of the statement."""
    if asked.multiple:
        return Q.create([(f"{asked.column}__overlap", ArraySubquery(things.values("pk")))])
    return Q.create([(f"{asked.column}__in", things.values("pk"))])


def _name_contains(asked: Asked) -> Q:
    return among(asked, StoredFile.objects.filter(name__icontains=asked.value).order_by())


NAME_CONTAINS = Operator(
    "contains", gettext_lazy("name contains"), Arity.ONE, _name_contains, text_control
)


@field_types.register
class FileType(ReferenceType):
    slug = "file"
    label = gettext_lazy("File")
    icon = "paperclip"
    reference = "file"
    importable = False
    default_allowed = False
    SettingsForm = FileSettings

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return FileControl(_widget(field, multiple=False), required=required, max_count=None)

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        most = field.settings.get("max_count")
        return FileControl(_widget(field, multiple=True), required=required, max_count=most)

    def check_files(self, field: Field, added: Iterable[StoredFile], *, count: int) -> None:
        """Whether the field takes these files, `count` in all; raise ValidationError."""
        check_count(field.settings.get("max_count"), count)
        mimes = set(KINDS.get(field.settings.get("kinds", ANY), {}).values())
        for stored in added:
            if mimes and stored.mime not in mimes:
                raise ValidationError(
                    _("“%(name)s” is not of the kind that this field takes.")
                    % {"name": stored.name}
                )
            if stored.size > _max_bytes(field):
                limit = filesizeformat(_max_bytes(field))
                raise ValidationError(
                    _("“%(name)s” is larger than %(limit)s.")
                    % {"name": stored.name, "limit": limit}
                )

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        refusal = _("Files are not imported from tables: attach them to the elements.")
        return {text: ValidationError(refusal) if text.strip() else None for text in texts}

    def render_title(self, field: Field, title: Title) -> SafeString:
        return render_file(title)

    def search_things(self, field: Field, words: str, *, actor: Employee) -> list[Titled]:
        rows = StoredFile.objects.filter(uses__field=field, name__icontains=words)
        return [Titled(rows, text_sort_key("name"))]

    @property
    def operators(self) -> Iterable[Operator]:
        return (NAME_CONTAINS, *PRESENCE)


def render_file(title: Title) -> SafeString:
    """A thumbnail or a name with its size; what can be previewed opens in the dialog."""
    if title.extra["thumb"]:
        return format_html(
            '<a class="sv-thumb" href="{}preview/" title="{}" data-dialog>'
            '<img src="{}" alt="{}" loading="lazy"></a>',
            title.url,
            title.text,
            title.extra["thumb"],
            title.text,
        )
    shown = may_be_previewed(title.extra["mime"])
    return format_html(
        '<a class="sv-file-link" href="{}{}"{}>{}<span>{}</span>'
        ' <span class="sv-file-note">{}</span></a>',
        title.url,
        "preview/" if shown else "",
        SafeString(" data-dialog" if shown else ""),
        file_icon(title.extra["mime"]),
        title.text,
        filesizeformat(title.extra["size"]),
    )


def file_icon(mime: str) -> SafeString:
    return icon(SIGNS.get(mime, OTHER).icon, size="sm")


def _widget(field: Field, *, multiple: bool) -> FileWidget:
    extensions = KINDS.get(field.settings.get("kinds", ANY), {})
    accept = ",".join(f".{name}" for name in extensions)
    return FileWidget(multiple=multiple, max_bytes=_max_bytes(field), accept=accept)


def _max_bytes(field: Field) -> int:
    most: int = settings.FILE_MAX_BYTES
    own = field.settings.get("max_mb")
    return min(int(own) * MEGABYTE, most) if own else most
