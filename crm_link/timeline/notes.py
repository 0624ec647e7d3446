"""Entries that services of CRM write by hand: where an item came from, what was merged into it.

A kind of notes is registered where it is written:

    note_kinds.register(NoteKind("converted", _("The lead became"), icon="transform"))
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_link.models import TimelineNote
from crm_link.timeline.base import Entry, Source, Within, sources
from lists_core.element_tabs import Target
from svod.base.registry import Registry


@dataclass(frozen=True)
class NoteKind:
    """`template` gets `note`; without one the note's text is shown. `field` is the code of the
    field without which nothing of it is shown."""

    slug: str
    title: str | Promise
    icon: str = "note"
    tone: str = "purple"
    template: str = "crm/timeline/note.html"
    group: str = "events"
    field: str = ""


note_kinds: Registry[NoteKind] = Registry("kind of timeline notes")
note_kinds.register(NoteKind("note", _("Note")))
note_kinds.register(
    NoteKind(
        "products",
        _("Products were changed"),
        icon="shopping-cart",
        tone="amber",
        template="crm/timeline/products.html",
        group="changes",
        field="AMOUNT",
    )
)
UNKNOWN = NoteKind("unknown", _("Event"), icon="info-circle")


@sources.register
class Notes(Source):
    slug = "notes"
    group = "events"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        rows = TimelineNote.objects.filter(element=target.id).select_related("actor")
        return [self._entry(row, target) for row in within.cut(rows, "at")]

    def _entry(self, row: TimelineNote, target: Target) -> Entry:
        kind = note_kinds.get(row.kind) if row.kind in note_kinds else UNKNOWN
        return Entry(
            row.at, row.pk, icon=kind.icon, title=kind.title, actor=row.actor, tone=kind.tone,
            template=kind.template, data={"note": row},
            is_blank=bool(kind.field) and target.schema.get(kind.field) is None,
        )  # fmt: skip
