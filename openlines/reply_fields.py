"""How the program finds its fields in a list of quick replies: by their codes.

A list made by the button has them all; one that people chose needs the text alone. Fields that
the program reads are `fixed` as long as a line uses the list, and by that it knows the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField

#: What a field is for → the codes it may have (Bitrix24's among them) and its type.
ROLES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "text": (("TEXT", "DETAIL_TEXT", "PREVIEW_TEXT"), "string"),
    "code": (("CODE", "SHORT_CODE"), "string"),
    "files": (("FILES",), "file"),
    "languages": (("LANGUAGES",), "list"),
    "lines": (("LINES",), "chat_line"),
}
MANY = {"files", "languages", "lines"}
#: The code of the section whose elements only their authors see.
PERSONAL = "PERSONAL"


@dataclass(frozen=True)
class ReplyFields:
    text: SchemaField | None = None
    code: SchemaField | None = None
    files: SchemaField | None = None
    languages: SchemaField | None = None
    lines: SchemaField | None = None

    @classmethod
    def of(cls, schema: Schema) -> ReplyFields:
        """Those that this schema has; in a person's schema, those that they may read."""
        return cls(**{role: _field(schema, role) for role in ROLES})

    @property
    def present(self) -> list[SchemaField]:
        every = (self.text, self.code, self.files, self.languages, self.lines)
        return [field for field in every if field]

    @property
    def shown(self) -> list[str]:
        """The columns of what an operator is shown."""
        return [name for one in (self.text, self.code, self.files) if one for name in one.columns]


def _field(schema: Schema, role: str) -> SchemaField | None:
    """The one that is in use already, whatever other comes into the list."""
    codes, type_ = ROLES[role]
    known = [field for code in codes if (field := schema.get(code))]
    fit = [one for one in known if one.type.slug == type_ and one.multiple == (role in MANY)]
    return next((one for one in fit if one.field.fixed), fit[0] if fit else None)


def holds_replies(schema: Schema) -> bool:
    """Whether lines use the list. Asks no query."""
    text = None if schema.list_system else ReplyFields.of(schema).text
    return text is not None and text.field.fixed
