"""The Access page of the Disk, of a folder and of a file."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lists_core.access.disk import ROOT
from lists_core.access_form import AccessForm
from lists_core.selectors import disk
from lists_core.selectors.disk_access import DiskThing, disk_access_page, disk_thing
from lists_core.selectors.disk_explain import explain_disk
from lists_core.services.disk_rights import save_disk_access
from lists_core.views.access import PICKER, Answer, asked_person, posted
from staff.widgets import PersonSelect
from svod.base.htmx import render_page, toast, wants_fragment
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def disk_access(request: PortalRequest) -> HttpResponse:
    return page(request, "disk", ROOT)


@login_required
@require_http_methods(["GET", "POST"])
def disk_item_access(request: PortalRequest, kind: str, item_id: int) -> HttpResponse:
    return page(request, f"disk_{kind}", item_id)


def page(request: PortalRequest, kind: str, pk: int) -> HttpResponse:
    opened = partial(disk_thing, request.user, kind, pk)
    thing = opened()
    if request.method == "POST":
        form = AccessForm(disk_access_page(thing, actor=request.user), request.POST)
        answer = posted(request, form, save=save_disk_access)
        if answer is not None:
            return drawn(request, thing, answer)
        toast(request, _("Access is saved."))
        if not wants_fragment(request):
            return redirect(request.get_full_path())
        thing = opened()
    return drawn(request, thing, Answer(AccessForm(disk_access_page(thing, actor=request.user))))


def drawn(request: PortalRequest, thing: DiskThing, answer: Answer) -> HttpResponse:
    asked = request.GET.get("person", "")
    person = asked_person(asked)
    above = thing.item and (
        getattr(thing.item, "folder", None) or getattr(thing.item, "parent", None)
    )
    context = {
        "access": answer.form.page,
        "thing": thing,
        "form": answer.form,
        "stale": answer.stale,
        "draft": answer.draft,
        "action": request.get_full_path(),
        "person_picker": PersonSelect().render("person", person.pk if person else "", PICKER),
        "unknown_person": bool(asked and person is None),
        "explanation": person and explain_disk(thing, person, actor=request.user),
        "path": disk.path_of(request.user, above or None),
    }
    return render_page(request, "disk/access.html", context, status=answer.status)
