"""One process: its way, its journal, and what may be done with it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from lists_core.field_types.pickers import is_id
from staff.models import Employee
from svod.base.errors import Conflict
from svod.base.htmx import go_to, is_htmx, render_page, toast
from svod.base.http import PortalRequest
from workflows.journal import journal_of
from workflows.models import Instance
from workflows.picture import picture_of
from workflows.selectors.buttons import buttons_of
from workflows.selectors.instances import (
    access_instance,
    has_full,
    may_manage,
    may_see,
    may_see_values,
)
from workflows.services.mending import DEEDS
from workflows.subjects.base import subjects

SAID: dict[str, str | Promise] = {
    "cancel": _("The process was cancelled."),
    "retry": _("The step is tried again."),
    "skip": _("The step is skipped."),
    "suspend": _("The process is suspended."),
    "resume": _("The process goes on."),
}


@login_required
@require_GET
def instance(request: PortalRequest, instance_id: int) -> HttpResponse:
    """The page of a process; as a part of another page its card."""
    context = card_context(request.user, instance_id)
    return render_page(request, "processes/process.html", context)


@login_required
@require_GET
def journal(request: PortalRequest, instance_id: int) -> HttpResponse:
    """Older entries, for "show more"."""
    before = request.GET.get("before", "")
    context = card_context(request.user, instance_id, before=int(before) if is_id(before) else 0)
    return render(request, "processes/partials/entries.html", context)


@login_required
@require_POST
def deed(request: PortalRequest, instance_id: int, name: str) -> HttpResponse:
    """Cancel, retry, skip, suspend, resume: answers with the card as it stands then."""
    status = 200
    try:
        DEEDS[name][0](instance_id, actor=request.user)
        toast(request, SAID[name])
    except Conflict as error:  # somebody was quicker
        toast(request, error, "error")
        status = 409
    if not is_htmx(request):
        return go_to(request, reverse("instance", args=[instance_id]))
    context = card_context(request.user, instance_id)
    return render(request, "processes/partials/process.html", context, status=status)


def card_context(actor: Employee, instance_id: int, *, before: int = 0) -> dict[str, Any]:
    """Everything that the card of a process shows to this person. Raises NotFound."""
    found = access_instance(actor, instance_id)
    manages = may_manage(actor, found)
    values = manages and may_see_values(actor, found)
    known = found.subject in subjects
    return {
        "instance": found,
        "picture": picture_of(found),
        "journal": journal_of(found, before=before, reasons=manages, values=values),
        "may_manage": manages,
        "subject_name": subjects.get(found.subject).title(actor, found) if known else "",
        "subject_url": subjects.get(found.subject).url(found) if known else "",
        "commands": buttons_of(actor, found),
        "children": children_of(actor, found),
        "may_move": may_move(actor, found),
        "now": timezone.now(),
    }


def may_move(actor: Employee, instance: Instance) -> bool:
    """A newer version is in force, and the actor designs the process."""
    newer = instance.version.template.active_version_id
    if instance.is_over or newer in {None, instance.version_id}:
        return False
    return actor.is_superuser or has_full(actor, instance)


def children_of(actor: Employee, instance: Instance) -> list[tuple[Instance, bool]]:
    """Processes that this one started, the first ten, and whether the actor may open each."""
    rows = instance.children.select_related("version__template", "list").order_by("pk")
    return [(one, may_see(actor, one)) for one in rows[:10]]
