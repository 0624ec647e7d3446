"""Writes to templates that a keeper makes (`workflows.keepers`).

Nothing here asks for rights: the keeper's services do, before they come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from lists_core.models import List
from staff.models import Employee
from workflows.models import Instance, Template, Trigger
from workflows.services.stopping import stop_on
from workflows.services.template_changes import MAX_NAME, free_code
from workflows.services.templates import EMPTY_TREE, publish_draft
from workflows.shape import shaped


def make_kept(keeper: str, list_: List, name: str, *, actor: Employee) -> Template:
    """An empty template of the keeper's, which nobody sees before it is written."""
    return Template.objects.create(
        name=name[:MAX_NAME], code=free_code(name), list=list_, draft=EMPTY_TREE, kept_by=keeper,
        created_by=actor, changed_by=actor,
    )  # fmt: skip


@transaction.atomic
def write_kept(template: Template, tree: Mapping[str, Any], name: str, *, actor: Employee) -> None:
    """Make the tree what runs from now on, if it is not already. Raises NotPublishable."""
    row = Template.objects.select_for_update().get(pk=template.pk)
    draft = shaped(tree)
    same = row.active_version is not None and row.active_version.tree == draft
    row.name, row.changed_by, row.deleted_at = name[:MAX_NAME], actor, None
    row.draft, row.draft_version = draft, row.draft_version + (not same)
    row.save()
    if not same or not row.triggers.exists():
        publish_draft(row, actor=actor)


@transaction.atomic
def retire_kept(template: Template) -> None:
    """Nothing is left of what it was made of: it starts no more, and what waits is ended."""
    open_ = Instance.objects.filter(version__template=template, status__in=Instance.OPEN)
    ids = [one for one in open_.values_list("subject_id", flat=True) if one]
    stop_on(template, ids, timezone.now())
    Trigger.objects.filter(template=template).delete()
    Template.objects.filter(pk=template.pk).update(deleted_at=timezone.now())


def let_go(template: Template) -> None:
    """From now on it is an ordinary template, edited in the designer."""
    Template.objects.filter(pk=template.pk).update(kept_by="")
