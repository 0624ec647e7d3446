"""Titles of the things that values refer to: one query a kind, however many fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lists_core.field_types.base import FieldType, Title, Titles
from lists_core.field_types.pickers import is_id
from svod.base.registry import Registry

if TYPE_CHECKING:
    from lists_core.models import Field
    from staff.models import Employee

Scope = int | None
"""Which of several tables the ids belong to: the id of the target list, or None."""

Wanted = Mapping[Scope, set[Any]]
Found = dict[tuple[Scope, Any], Title]


def ids_of(wanted: Wanted) -> set[Any]:
    """All that is asked for, whatever table it is of."""
    return set().union(*wanted.values())


def by_scope(wanted: Wanted, titles: Mapping[Any, Title]) -> Found:
    """The titles of things of one table, under each scope that asked for them."""
    return {(scope, pk): titles[pk] for scope, own in wanted.items() for pk in own if pk in titles}


class ReferenceKind:
    """One kind of thing that values point to (elements, employees, files, …)."""

    slug: str = ""

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        """Titles of those ids that the actor may see, in a fixed number of queries."""
        raise NotImplementedError(f"{type(self).__name__} loads nothing")

    def number(self, value: Any) -> int:
        """The number by which `kept` will be asked about a value."""
        return int(value)

    def kept(self, wanted: Wanted, *, actor: Employee) -> bool:
        """Whether the actor still sees all of those (by `number`) that there are: asked before a
        file with their titles is given out. True where no rights are but those of what refers
        to them."""
        return True


references: Registry[ReferenceKind] = Registry("reference kind")


class ReferenceType(FieldType):
    """What field types whose values are ids of other things have in common."""

    sortable = False

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        title = titles.get(value)
        return title.text if title else gone()

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        title = titles.get(value)
        return self.render_title(field, title) if title else render_gone()

    def render_title(self, field: Field, title: Title) -> SafeString:
        """The HTML of a value whose title the person may see."""
        return format_html('<a href="{}">{}</a>', title.url, title.text)

    def from_json(self, field: Field, raw: Any) -> int:
        if not is_id(raw):
            raise ValidationError(_("Choose from the list."))
        return int(raw)

    def clean(self, field: Field, value: Any) -> int:
        return self.from_json(field, value)


def gone() -> str:
    """What stands for a thing that was removed or may not be seen: nobody is told which."""
    return _("(not available)")


def render_gone() -> SafeString:
    return format_html('<span class="text-secondary">{}</span>', gone())


def resolved(ids: Collection[Any], text: str, *, none: str, several: str) -> Any:
    """The only id found for an imported text, None for an empty one, or the error to show.

    `none` and `several` are messages with a place for `%(name)s`.
    """
    if not text.strip():
        return None
    if len(ids) == 1:
        return next(iter(ids))
    return ValidationError((several if ids else none) % {"name": text.strip()})
