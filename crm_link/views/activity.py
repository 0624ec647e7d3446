"""One activity: planned, logged, changed, done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_link.activity_forms import ActivityForm, initial_of
from crm_link.kinds import Kind
from crm_link.models import Activity
from crm_link.selectors.activities import Need, access_activity, may_change
from crm_link.selectors.items import kind_of_target, open_item
from crm_link.selectors.linked import linked_items
from crm_link.services import activities as services
from lists_core.access import Right
from lists_core.addresses import element_url
from lists_core.element_tabs import Target
from svod.base.errors import Conflict, Forbidden, Invalid
from svod.base.htmx import go_to, is_htmx, render_page, saved, toast, trigger, wants_fragment
from svod.base.http import PortalRequest

TIMELINE = "crm:timeline"


@login_required
@require_http_methods(["GET", "POST"])
def activity_add(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """`?what=call` plans a call; with `logged=1` it was made already."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    what = request.GET.get("what", "")
    what = what if what in Activity.Kind else Activity.Kind.DEED
    logged = request.GET.get("logged") == "1"
    form = form_of(request, target, what, logged=logged)
    if form.is_bound and form.is_valid():
        when = form.cleaned_data["deadline"]
        done_at = (when or timezone.now()) if logged else None
        try:
            services.create_activity(
                target.id, actor=request.user, done_at=done_at, kind=what, **form.values
            )
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            return done(request, target, _("Saved.") if logged else _("Planned."))
    return page(request, target, form, {"what": Activity.Kind(what), "logged": logged})


@login_required
@require_http_methods(["GET", "POST"])
def activity(request: PortalRequest, activity_id: int) -> HttpResponse:
    """An activity; who may change it gets the form of it."""
    row, target = access_activity(request.user, Need.VIEW, activity_id)
    allowed = may_change(target, row)
    if request.method == "POST" and not allowed:
        raise Forbidden
    form = form_of(request, target, row.kind, row, logged=not row.is_open)
    if form.is_bound and form.is_valid():
        try:
            services.change_activity(
                row.pk, actor=request.user, version=form.cleaned_data["version"], **form.values
            )
        except Invalid as error:
            form.add_domain_errors(error)
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            return done(request, target, _("Saved."))
    context = {"activity": row, "what": Activity.Kind(row.kind), "logged": not row.is_open}
    return page(request, target, form, {**context, "may_change": allowed})


def form_of(
    request: PortalRequest, target: Target, kind: str, row: Activity | None = None, *, logged: bool
) -> ActivityForm:
    data = request.POST if request.method == "POST" else None
    start = {"responsible": request.user.pk, "deadline": timezone.now() if logged else None}
    initial = initial_of(row) if row else start
    contacts = {one.id: one.name for one in contacts_of(target)}
    return ActivityForm(data, kind=kind, logged=logged, contacts=contacts, initial=initial)


def contacts_of(target: Target) -> list[Any]:
    cards = linked_items(target)
    return [one for items in cards.values() for one in items if one.url.startswith("/crm/contact/")]


def page(
    request: PortalRequest, target: Target, form: ActivityForm, context: dict[str, Any]
) -> HttpResponse:
    full = {
        "may_change": True,
        **context,
        "form": form,
        "row": target.row,
        "list": target.list,
        "kind": kind_of_target(target),
        "url": element_url(target.list, target.id),
        "action": request.get_full_path(),
        "drawer": wants_fragment(request),
    }
    wrong = form.is_bound and form.errors
    return render_page(request, "crm/activities/form.html", full, status=422 if wrong else 200)


def done(request: PortalRequest, target: Target, text: str) -> HttpResponse:
    """A dialog closes and timelines load anew; without the script back to the card."""
    if not is_htmx(request):
        toast(request, text)
        return go_to(request, element_url(target.list, target.id))
    response = saved(request, text, activity=target.id)
    trigger(response, TIMELINE, {"element": target.id})
    return response


# --- one click ----------------------------------------------------------------------------


@login_required
@require_POST
def activity_done(request: PortalRequest, activity_id: int) -> HttpResponse:
    """It was done, or (`again`) is to be done after all."""
    target = access_activity(request.user, Need.CHANGE, activity_id)[1]
    if "again" in request.POST:
        services.reopen_activity(activity_id, actor=request.user)
        return clicked(request, target, _("It is to be done again."))
    result = request.POST.get("result")
    services.finish_activity(activity_id, actor=request.user, result=result)
    return clicked(request, target, _("Done."))


@login_required
@require_POST
def activity_move(request: PortalRequest, activity_id: int) -> HttpResponse:
    """The deadline goes on by so many days, from today if it has passed."""
    row, target = access_activity(request.user, Need.CHANGE, activity_id)
    days = {"1": 1, "7": 7}.get(request.POST.get("days", ""), 1)
    now = timezone.now()
    start = max(row.deadline or now, now)
    services.move_deadline(row.pk, start + timedelta(days=days), actor=request.user)
    return clicked(request, target, _("The deadline was moved."))


@login_required
@require_POST
def activity_delete(request: PortalRequest, activity_id: int) -> HttpResponse:
    target = access_activity(request.user, Need.CHANGE, activity_id)[1]
    services.delete_activity(activity_id, actor=request.user)
    return done(request, target, _("Deleted."))


def clicked(request: PortalRequest, target: Target, text: str) -> HttpResponse:
    """The click was in a list: nothing closes unless it was in a dialog."""
    if "dialog" in request.POST:
        return done(request, target, text)
    toast(request, text)
    if not is_htmx(request):
        back = request.POST.get("back", "") == "list"
        card = element_url(target.list, target.id)
        return go_to(request, reverse("crm_activities") if back else card)
    response = HttpResponse(status=204)
    trigger(response, TIMELINE, {"element": target.id})
    return response
