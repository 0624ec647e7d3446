"""Moving an item along its stages from the card."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm_link.card import may_change, stage_bar
from crm_link.card_form import CardForm, Clashed, save_part, theirs_since
from crm_link.kinds import Kind
from crm_link.models import Stage
from crm_link.selectors.conversion import asked_after
from crm_link.selectors.items import kind_of_target, open_item
from crm_link.stage_form import asked_stage, stage_form
from crm_link.views.card import CHANGED
from lists_core.access import Right
from lists_core.addresses import element_url
from lists_core.element_tabs import Target
from lists_core.field_types.pickers import is_id
from svod.base.errors import Forbidden, Invalid
from svod.base.htmx import (
    go_to,
    is_htmx,
    open_dialog,
    render_page,
    saved,
    toast,
    trigger,
    wants_fragment,
)
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def stage(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """Where the item is to go, and what the stage asks for; posting moves it."""
    target = open_item(request.user, Right.CHANGE, kind, element_id)
    if not may_change(target, "STAGE"):
        raise Forbidden
    given = request.POST if request.method == "POST" else request.GET
    chosen = asked_stage(target, given.get("stage", ""))
    if chosen is None:
        return dialog(request, target, None, None)
    if request.method == "GET":
        clash = moved_meanwhile(target, chosen, seen_version(request, target))
        return dialog(request, target, chosen, stage_form(target, chosen), clash)
    form = stage_form(target, chosen, request.POST)
    return moved(request, target, chosen, form) if form.is_valid() else asks(
        request, target, chosen, form
    )  # fmt: skip


def moved(request: PortalRequest, target: Target, chosen: Stage, form: CardForm) -> HttpResponse:
    try:
        save_part(target, form, {"STAGE": chosen.pk})
    except Invalid:
        return asks(request, target, chosen, form)
    except Clashed as error:
        return clashed(request, target, chosen, error)
    text = _("The stage is now “%(stage)s”.") % {"stage": chosen}
    more = asked_after(kind_of_target(target), target.schema, target.row, chosen.semantics)
    if not is_htmx(request):
        toast(request, text)
        return go_to(request, more or element_url(target.list, target.id))
    return told(request, target, text, more)


def told(request: PortalRequest, target: Target, text: str, more: str) -> HttpResponse:
    """What shows the item loads it anew; `more` is the address of a dialog that opens then."""
    response = answered(request, text, list=target.list.pk, ids=[target.id])
    trigger(response, CHANGED, {"element": target.id})
    trigger(response, "elements-changed", {"list": target.list.pk, "ids": [target.id]})
    if more:
        trigger(response, "svod:dialog", {"url": more})
    return response


def clashed(request: PortalRequest, target: Target, chosen: Stage, error: Clashed) -> HttpResponse:
    """What was typed stays; moving once more puts the stage in the place of theirs."""
    typed = request.POST.copy()
    typed["version"] = str(error.row.version)
    now = Target(target.actor, target.list, target.schema, error.row)
    form = stage_form(now, chosen, typed)
    form.is_valid()
    return asks(request, now, chosen, form, error)


def moved_meanwhile(target: Target, chosen: Stage, version: int) -> Clashed | None:
    """Whether others moved the item since the person saw it at `version`."""
    if version >= target.row.version:
        return None
    key = target.schema["STAGE"].key
    theirs = theirs_since(target, {"STAGE": chosen.pk}, version, [key])
    return Clashed(target.row, theirs) if theirs else None


def seen_version(request: PortalRequest, target: Target) -> int:
    """The version that the page showed; the present one when it does not say."""
    given = request.GET.get("version", "")
    return int(given) if is_id(given) else target.row.version


def answered(request: PortalRequest, text: str, **detail: Any) -> HttpResponse:
    """A dialog closes; a click on the bar leaves the drawer under it open."""
    if "dialog" in request.POST:
        return saved(request, text, **detail)
    toast(request, text)
    return HttpResponse(status=204)


def asks(
    request: PortalRequest,
    target: Target,
    chosen: Stage,
    form: CardForm,
    clash: Clashed | None = None,
) -> HttpResponse:
    """The dialog with what is asked for: opened where only the stage was clicked."""
    if "asked" in request.POST or not is_htmx(request):
        return dialog(request, target, chosen, form, clash)
    place = reverse("crm_card_stage", args=[kind_of_target(target).slug, target.id])
    seen = {"stage": chosen.pk, "version": request.POST.get("version", target.row.version)}
    return open_dialog(f"{place}?{urlencode(seen)}")


def dialog(
    request: PortalRequest,
    target: Target,
    chosen: Stage | None,
    form: CardForm | None,
    clash: Clashed | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "kind": kind_of_target(target),
        "row": target.row,
        "list": target.list,
        "bar": stage_bar(target),
        "chosen": chosen,
        "form": form,
        "clash": clash,
        "version": seen_version(request, target),
        "drawer": wants_fragment(request),
        "action": request.path,
    }
    wrong = form is not None and form.is_bound and form.errors
    status = 409 if clash and request.method == "POST" else 422 if wrong else 200
    return render_page(request, "crm/card/stage.html", context, status=status)
