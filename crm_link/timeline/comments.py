"""What people say about the item."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_link.timeline.base import Entry, Source, Within, sources
from lists_core.element_tabs import Target
from lists_core.selectors.comments import comments_of, drawn


@sources.register
class Comments(Source):
    slug = "comments"
    group = "comments"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        rows = within.cut(comments_of(target), "created_at")
        return [
            Entry(
                said.row.created_at,
                said.row.pk,
                icon="message",
                title=_("Comment"),
                actor=said.row.author,
                tone="blue",
                template="crm/timeline/comment.html",
                data={"said": said},
            )
            for said in drawn(target.actor, rows)
        ]
