"""Making, editing and publishing templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.access import Right
from lists_core.models import List
from lists_core.selectors.lists import access_list
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from workflows.checking import errors_of
from workflows.models import Template, Trigger, Version
from workflows.services.triggers import write_triggers
from workflows.shape import shaped

EMPTY_TREE: dict[str, Any] = {
    "steps": [],
    "variables": [],
    "parameters": [],
    "constants": [],
    "triggers": [],
}


class NotPublishable(Invalid):
    """The draft has mistakes; `problems` name the steps."""

    code = "process_invalid"
    message = _("The process cannot be published yet.")


def create_template(
    *, actor: Employee, name: str, code: str, list_id: int | None = None, subject: str = "element"
) -> Template:
    """A new template with an empty draft. Raises Forbidden, NotFound, Invalid."""
    list_ = may_design(actor, list_id)
    if not name.strip():
        raise Invalid({"name": [_("Enter a name.")]})
    if Template.objects.filter(code=code).exists():
        raise Invalid({"code": [_("There is a process with this code.")]})
    return Template.objects.create(
        name=name.strip(),
        code=code,
        subject=subject,
        list=list_,
        draft=EMPTY_TREE,
        created_by=actor,
    )


def save_draft(
    template_id: int, tree: Mapping[str, Any], *, draft_version: int, actor: Employee
) -> Template:
    """Keep a draft, with all its mistakes.

    Raises Conflict when somebody saved another one, Invalid when it is no tree at all.
    """
    template = open_edited(template_id, actor=actor)
    saved = Template.objects.filter(pk=template.pk, draft_version=draft_version).update(
        draft=shaped(tree),
        draft_version=draft_version + 1,
        changed_at=timezone.now(),
        changed_by=actor,
    )
    if not saved:
        raise Conflict(
            draft_version=template.draft_version,
            by=template.changed_by,
            at=template.changed_at,
        )
    template.refresh_from_db()
    return template


def publish(template_id: int, *, actor: Employee, note: str = "") -> Version:
    """Make the draft the version that new instances take. Raises NotPublishable."""
    with transaction.atomic():
        template = open_edited(template_id, actor=actor, lock=True)
        return publish_draft(template, actor=actor, note=note)


def publish_draft(template: Template, *, actor: Employee, note: str = "") -> Version:
    """Publish the locked template's draft; whoever calls has asked for the right."""
    problems = errors_of(template.draft, template)
    if problems:
        texts = {one.step or "": [one.text] for one in problems}
        raise NotPublishable(texts, problems=problems)
    number = template.versions.count() + 1
    version = Version.objects.create(
        template=template, number=number, tree=template.draft, note=note, published_by=actor
    )
    template.active_version = version
    template.save(update_fields=["active_version"])
    write_triggers(template)
    return version


def pause(template_id: int, paused: bool, *, actor: Employee, reason: str = "") -> None:  # noqa: FBT001
    """Let no new instances start (or again); running ones go on."""
    template = open_template(template_id, actor=actor)
    Template.objects.filter(pk=template.pk).update(is_paused=paused, pause_reason=reason)


def delete_template(template_id: int, *, actor: Employee) -> None:
    """To the bin: it starts no more, running instances go on."""
    with transaction.atomic():
        template = open_edited(template_id, actor=actor, lock=True)
        Trigger.objects.filter(template=template).delete()
        Template.objects.filter(pk=template.pk).update(deleted_at=timezone.now())


def set_run_as(template_id: int, employee: Employee | None, *, actor: Employee) -> None:
    """Under whose rights it works: the starter's, or with `employee` a service employee's.

    Only administrators lend an employee's rights to a process. Raises Forbidden.
    """
    if employee is not None and not actor.is_superuser:
        raise Forbidden
    template = open_template(template_id, actor=actor)
    kind = Template.RunAs.EMPLOYEE if employee else Template.RunAs.STARTER
    Template.objects.filter(pk=template.pk).update(run_as=kind, service_employee=employee)


def open_edited(template_id: int, *, actor: Employee, lock: bool = False) -> Template:
    """The template, if people edit it themselves. Raises Conflict for one that a keeper writes."""
    template = open_template(template_id, actor=actor, lock=lock)
    if template.kept_by:
        raise Conflict(_("This process is made of something else: it is edited there."))
    return template


def open_template(template_id: int, *, actor: Employee, lock: bool = False) -> Template:
    """The template, if the actor may design it. Raises NotFound, Forbidden."""
    rows = Template.objects.filter(pk=template_id, deleted_at=None)
    rows = (
        rows.select_for_update()
        if lock
        else rows.select_related("list", "active_version", "changed_by")
    )
    template = rows.first()
    if template is None:
        raise NotFound
    may_design(actor, template.list_id)
    return template


def may_design(actor: Employee, list_id: int | None) -> List | None:
    """Full access to the list; administrators for what belongs to no list.

    Raises NotFound, Forbidden. Returns the list.
    """
    if list_id is not None:
        return access_list(actor, Right.FULL, list_id)
    if not actor.is_superuser:
        raise Forbidden
    return None
