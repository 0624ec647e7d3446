"""What happens to whole templates: renamed, copied, brought in, restored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.services.fields import transliterate
from staff.models import Employee
from svod.base.errors import Invalid, NotFound
from workflows.models import Template, Version
from workflows.services.templates import (
    create_template,
    may_design,
    open_edited,
    open_template,
    save_draft,
)
from workflows.shape import shaped

MAX_NAME = 200
MAX_CODE = 50


def free_code(name: str) -> str:
    """A code for a template of this name that no other has."""
    stem = re.sub(r"[^a-z0-9]+", "-", transliterate(name).lower()).strip("-")[:MAX_CODE]
    stem = stem or "process"
    taken = set(Template.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number = 1
    while (code := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return code


@transaction.atomic
def new_template(
    *,
    actor: Employee,
    name: str,
    list_id: int | None,
    tree: Mapping[str, Any] | None = None,
    description: str = "",
) -> Template:
    """A template under a code made from its name, with a draft to begin with."""
    name = name.strip()[:MAX_NAME]
    template = create_template(actor=actor, name=name, code=free_code(name), list_id=list_id)
    if tree is not None:
        template.draft = shaped(tree)
    template.description = description
    template.changed_by = actor
    template.save(update_fields=["draft", "description", "changed_by"])
    return template


def copy_template(template_id: int, *, actor: Employee) -> Template:
    """The draft under another name, unpublished; rights lent to the process are not copied."""
    source = open_template(template_id, actor=actor)
    return new_template(
        actor=actor,
        name=_("%(name)s (copy)") % {"name": source.name},
        list_id=source.list_id,
        tree=source.draft,
        description=source.description,
    )


def rename_template(
    template_id: int, *, actor: Employee, name: str, description: str = ""
) -> Template:
    template = open_edited(template_id, actor=actor)
    if not name.strip():
        raise Invalid({"name": [_("Enter a name.")]})
    template.name, template.description = name.strip()[:MAX_NAME], description
    template.save(update_fields=["name", "description"])
    return template


def restore_version(template_id: int, number: int, *, actor: Employee) -> Template:
    """Put a published version's tree into the draft; nothing is published by it."""
    template = open_template(template_id, actor=actor)
    version = open_version(template, number)
    return save_draft(template.pk, version.tree, draft_version=template.draft_version, actor=actor)


def open_version(template: Template, number: int) -> Version:
    version = template.versions.filter(number=number).first()
    if version is None:
        raise NotFound
    return version


@transaction.atomic
def restore_template(template_id: int, *, actor: Employee) -> Template:
    """Out of the bin; it starts by itself again when it is published anew."""
    template = (
        Template.objects.select_for_update()
        .filter(pk=template_id, kept_by="")
        .exclude(deleted_at=None)
        .first()
    )
    if template is None:
        raise NotFound
    may_design(actor, template.list_id)
    template.deleted_at = None
    template.is_paused = template.active_version_id is not None
    template.pause_reason = _("Taken out of the bin: publish it to let it start again.")
    template.save(update_fields=["deleted_at", "is_paused", "pause_reason"])
    return template
