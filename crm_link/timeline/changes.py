"""Changes of fields, as far as the reader may know the fields."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_link.timeline.base import Entry, Source, Within, sources
from lists_core.element_tabs import Target
from lists_core.models import ElementVersion
from lists_core.selectors import history

Kind = ElementVersion.Kind
TITLES = {
    Kind.CREATED: _("Made"),
    Kind.CHANGED: _("Fields were changed"),
    Kind.DELETED: _("Moved to the bin"),
    Kind.RESTORED: _("Brought back from the bin"),
}
ICONS = {Kind.CREATED: "plus", Kind.DELETED: "trash", Kind.RESTORED: "arrow-back-up"}


@sources.register
class Changes(Source):
    """A move between stages has an entry of its own, so the stage is left out here."""

    slug = "changes"
    group = "changes"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        rows = ElementVersion.objects.filter(element=target.id).select_related("actor")
        versions = within.cut(rows, "at")
        told = {field.key for code in ("STAGE",) if (field := target.schema.get(code))}
        for version in versions:
            own = version.changes.items()
            version.changes = {key: both for key, both in own if key not in told}
        entries = history.entries_of(target.schema, versions, actor=target.actor)
        return [_entry(one) for one in entries]


def _entry(one: history.Entry) -> Entry:
    version, kind = one.version, Kind(one.version.kind)
    changes = one.changes if kind == Kind.CHANGED else ()
    return Entry(
        version.at,
        version.pk,
        icon=ICONS.get(kind, "pencil"),
        title=TITLES[kind],
        actor=version.actor,
        template="crm/timeline/change.html" if changes else "",
        data={"changes": changes},
        is_blank=kind == Kind.CHANGED and not changes,
    )
