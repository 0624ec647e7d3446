"""Forms of an import: the file, how to read it, and where its columns go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right, may_somewhere, schema_for, visible_lists
from lists_core.field_types.base import FieldType, field_types
from lists_core.models import List
from lists_core.selectors.access_page import role_choices
from lists_core.selectors.imports import imported_before
from lists_core.transfer.draft import Draft
from lists_core.transfer.encodings import ENCODINGS
from lists_core.transfer.guess import EMPTY_WORDS
from lists_core.transfer.mapping import first_choice
from lists_core.transfer.spec import ColumnSpec, ImportSpec, NewField
from lists_core.transfer.tables import Layout
from staff.models import Employee
from svod.base.forms import DomainFormMixin

ENCODING_NAMES = {
    "utf-8-sig": "UTF-8",
    "cp1251": "Windows-1251",
    "utf-16": "UTF-16",
    "koi8-r": "KOI8-R",
    "cp866": "CP866 (DOS)",
    "mac-cyrillic": "MacCyrillic",
    "cp1252": "Windows-1252",
}
SEPARATOR_NAMES = {
    ";": gettext_lazy("Semicolon ;"),
    "\t": gettext_lazy("Tab"),
    ",": gettext_lazy("Comma ,"),
    "|": gettext_lazy("Bar |"),
}
MAX_HEADER = 50
NEW = "new"
OFFERED = 100  # lists that a new link may lead to
#: What each way of importing needs, as `check_start` asks.
NEEDED = {"add": {Right.ADD}, "both": {Right.ADD, Right.CHANGE}, "update": {Right.CHANGE}}


class UploadForm(DomainFormMixin, forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Table file"),
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = _("CSV, TSV or XLSX, at most %(size)s. Encoding, separator and types are detected.")
        self.fields["file"].help_text = text % {"size": filesizeformat(settings.IMPORT_MAX_BYTES)}


class LayoutForm(forms.Form):
    """How the file is read; the choices stand in the page's address."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), required=False)
    separator = forms.ChoiceField(
        label=gettext_lazy("Separator"), required=False, choices=list(SEPARATOR_NAMES.items())
    )
    header = forms.IntegerField(
        label=gettext_lazy("Row with headings"),
        min_value=0,
        max_value=MAX_HEADER,
        required=False,
        help_text=gettext_lazy("0 when there is none."),
    )
    mapping = forms.ChoiceField(label=gettext_lazy("Saved mapping"), required=False)
    empty = forms.CharField(
        label=gettext_lazy("Words for “no value”"), required=False, max_length=200, strip=True
    )

    def __init__(
        self,
        data: Any,
        *,
        detected: Layout,
        sheets: Sequence[str],
        mappings: Sequence[tuple[str, str]] = (),
    ) -> None:
        chosen = {"empty": ", ".join(EMPTY_WORDS), "mapping": "", **detected.to_json()}
        super().__init__({**chosen, **{key: data[key] for key in chosen if key in data}})
        self.detected = detected
        if sheets:
            self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
            del self.fields["encoding"], self.fields["separator"]
        else:
            names = {code: ENCODING_NAMES.get(code, code) for code in ENCODINGS}
            names.setdefault(detected.encoding, detected.encoding)
            self.fields["encoding"].choices = list(names.items())  # type: ignore[attr-defined]
            del self.fields["sheet"]
        if mappings:
            self.fields["mapping"].choices = [("", _("– none –")), *mappings]  # type: ignore[attr-defined]
        else:
            del self.fields["mapping"]

    def layout(self) -> Layout:
        """The chosen layout; what was not chosen, or wrongly, stays as detected."""
        self.full_clean()
        given = {name: self.cleaned_data.get(name) for name in self.detected.to_json()}
        chosen = {name: value for name, value in given.items() if value not in (None, "")}
        return replace(self.detected, **chosen)

    def empty_words(self) -> tuple[str, ...]:
        words = self.cleaned_data.get("empty", "")
        return tuple(dict.fromkeys(word.strip() for word in words.split(",") if word.strip()))


class MappingForm(DomainFormMixin, forms.Form):
    """Where each column goes. `list_` is None when the file becomes a list of its own."""

    list_name = forms.CharField(label=gettext_lazy("Name of the new list"), max_length=200)
    everyone = forms.ChoiceField(
        required=False,
        label=gettext_lazy("What all employees may"),
        choices=role_choices,
        initial="none",
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Rows of the file"),
        choices=[
            ("add", gettext_lazy("Add every row as a new element")),
            ("both", gettext_lazy("Update what the key finds, add the rest")),
            ("update", gettext_lazy("Only update what the key finds")),
        ],
        widget=forms.RadioSelect,
    )
    keep_empty = forms.BooleanField(
        label=gettext_lazy("Empty cells leave the old values when updating"), required=False
    )
    again = forms.BooleanField(label=gettext_lazy("Add the rows once more"), required=False)
    name_pattern = forms.CharField(
        label=gettext_lazy("Compose the name of new elements"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Headings in braces and any text between them: {carrier} {flight}"),
    )

    save_as = forms.CharField(
        label=gettext_lazy("Save as a mapping"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "Under this name. A file with the same headings will be filled in by it."
        ),
    )

    def __init__(
        self, data: Any = None, *, draft: Draft, list_: List | None, actor: Employee, **kwargs: Any
    ) -> None:
        self.draft = draft
        self.list = list_
        super().__init__(data, **kwargs)
        choices = targets(list_, actor)
        for index, _heading in enumerate(draft.headings):
            self.fields[f"target_{index}"] = forms.ChoiceField(choices=choices, required=False)
            self.fields[f"key_{index}"] = forms.BooleanField(required=False)
            self.fields[f"lenient_{index}"] = forms.BooleanField(required=False)
        self.initial = {**first_choice(draft, list_, actor), **self.initial}
        self.before = imported_before(list_, draft.file, actor) if list_ else None
        if list_ is not None:
            self._offer_modes(list_, actor)
        for name in self._needless():
            del self.fields[name]

    def _offer_modes(self, list_: List, actor: Employee) -> None:
        """Who may only change, or only add, is offered what they may."""
        held = {one for one in (Right.ADD, Right.CHANGE) if may_somewhere(actor, one, list_)}
        field = self.fields["mode"]
        offered = [pair for pair in field.choices if NEEDED[pair[0]] <= held]  # type: ignore[attr-defined]
        field.choices = offered  # type: ignore[attr-defined]
        if self.initial.get("mode") not in dict(offered):
            self.initial["mode"] = offered[0][0]

    def _needless(self) -> list[str]:
        if self.list is None:
            return ["mode", "keep_empty", "again"]
        return ["list_name", "everyone", *([] if self.before else ["again"])]

    def missing(self) -> int:
        """How many of the fields that were chosen earlier the person has not: they are gone, or
        not to be known."""
        chosen = [name for name in self.fields if name.startswith("target_")]
        known = {code for _group, codes in self.fields[chosen[0]].choices[1:] for code, _n in codes}  # type: ignore[attr-defined]
        return sum(1 for name in chosen if self.initial.get(name, "") not in {"", *known})

    def columns(self) -> Iterator[dict[str, Any]]:
        """For the page: each column with its controls and a few of its texts."""
        for index, heading in enumerate(self.draft.headings):
            yield {
                "heading": heading,
                "samples": self.draft.samples(index),
                "target": self[f"target_{index}"],
                "key": self[f"key_{index}"],
                "lenient": self[f"lenient_{index}"],
            }

    def spec(self, *, dry: bool) -> ImportSpec:
        """The import as chosen; the form must be valid."""
        chosen = self.cleaned_data
        columns = (self._column(index) for index, _heading in enumerate(self.draft.headings))
        return ImportSpec(
            file_id=self.draft.file.pk,
            layout=self.draft.layout,
            headings=self.draft.headings,
            columns=tuple(column for column in columns if column),
            mode=chosen.get("mode", "add"),
            empty=self.draft.empty,
            name_pattern=chosen["name_pattern"],
            keep_empty=chosen.get("keep_empty", False),
            dry=dry,
            again=chosen.get("again", False),
        )

    def _column(self, index: int) -> ColumnSpec | None:
        target = self.cleaned_data[f"target_{index}"]
        if not target:
            return None
        kind, _colon, rest = target.partition(":")
        return ColumnSpec(
            index=index,
            code="" if kind == NEW else rest,
            new=self._new(index, rest) if kind == NEW else None,
            key=self.cleaned_data[f"key_{index}"],
            lenient=self.cleaned_data[f"lenient_{index}"],
        )

    def _new(self, index: int, rest: str) -> NewField:
        slug, _colon, linked = rest.partition(":")
        guessed = self.draft.guesses[index]
        settings = default_settings(field_types.get(slug))
        settings |= guessed.settings if guessed.type == slug else {}
        settings |= {"list": int(linked)} if linked else {}
        return NewField(slug, self.draft.headings[index], settings)

    def add_domain_errors(self, error: Any) -> None:
        """Errors of columns are named `column-<index>` by the service."""
        for name, messages in error.errors.items():
            field = name.replace("column-", "target_")
            for message in messages:
                self.add_error(field if field in self.fields else None, message)


def targets(list_: List | None, actor: Employee) -> list[tuple[str, Any]]:
    """Choices of a column: fields of the list, then new fields by type."""
    fields = [("field:NAME", _("Name"))]
    if list_:
        schema = schema_for(actor, list_, new=True)
        found = [schema.get(code) for code in ("NAME", "ID", "SECTION")]
        entries = [entry for entry in (*found, *schema.fields) if entry]
        fields = [(f"field:{entry.code}", entry.name) for entry in entries if entry.type.importable]
    new = [choice for kind in field_types for choice in _new_choices(kind, actor)]
    return [
        ("", _("– skip –")),
        (_("Fields of the list"), fields),
        (_("New field"), sorted(new, key=lambda choice: str(choice[1]))),
    ]


def _new_choices(kind: FieldType, actor: Employee) -> list[tuple[str, Any]]:
    """The type, or one choice a list for types that point into a list."""
    if not kind.importable:
        return []
    if "list" not in kind.SettingsForm.base_fields:
        return [(f"{NEW}:{kind.slug}", str(kind.label))]
    # Every column of the file has them all: of a thousand lists those changed last.
    lists = visible_lists(actor).order_by("-modified_at", "pk").values_list("pk", "name")
    return [(f"{NEW}:{kind.slug}:{pk}", f"{kind.label}: {name}") for pk, name in lists[:OFFERED]]


def default_settings(kind: FieldType) -> dict[str, Any]:
    """What a new field starts with; options that the file brings are added to it."""
    fields: Mapping[str, forms.Field] = kind.SettingsForm.base_fields
    initial = {name: field.initial for name, field in fields.items() if field.initial is not None}
    return initial | ({"grow": True} if "grow" in fields else {})
