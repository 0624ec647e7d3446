"""Moves between stages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_link.models import StageMove
from crm_link.timeline.base import Entry, Source, Within, sources
from lists_core.element_tabs import Target


@sources.register
class Stages(Source):
    slug = "stages"
    group = "changes"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        if target.schema.get("STAGE") is None:
            return []
        known = ("actor", "from_stage__option", "to_stage__option")
        rows = StageMove.objects.filter(element=target.id).select_related(*known)
        return [self._entry(row) for row in within.cut(rows, "at")]

    def _entry(self, row: StageMove) -> Entry:
        title = _("The stage was changed") if row.from_stage_id else _("The first stage")
        return Entry(
            row.at, row.pk, icon="arrow-right", title=title, actor=row.actor, tone="teal",
            template="crm/timeline/stage.html", data={"move": row},
        )  # fmt: skip
