"""The card of an item: its first page, its head, its sections edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crm_link.card import IN_HEAD, MAIN, card_head, fixed_codes, may_change
from crm_link.card_form import CardForm, Clashed, save_part
from crm_link.card_parts import card_context, part_of
from crm_link.kinds import Kind
from crm_link.selectors.cards import LaidSection, section_of
from crm_link.selectors.items import kind_of_target, open_item
from crm_link.selectors.merging import winner_of
from lists_core.access import Right, schema_for
from lists_core.addresses import element_url
from lists_core.element_page import element_page
from lists_core.element_tabs import Target
from svod.base.errors import Forbidden, Invalid, NotFound
from svod.base.htmx import go_to, is_htmx, toast, trigger
from svod.base.http import PortalRequest

CHANGED = "crm:changed"


@login_required
@require_GET
def card(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """An item with all that belongs to it."""
    try:
        target = open_item(request.user, Right.VIEW, kind, element_id)
    except NotFound:  # merged into another one, it leads there
        winner = winner_of(request.user, kind, element_id)
        return go_to(request, reverse("crm_card", args=[kind.slug, winner]))
    return element_page(request, target, MAIN, "crm/card/card.html", card_context(target))


@login_required
@require_GET
def head(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """The head anew, after something was changed."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    return head_part(request, target, focus=request.GET.get("focus"))


def head_part(
    request: PortalRequest, target: Target, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"list": target.list, "row": target.row, **card_head(target), **more}
    return render(request, "crm/card/head.html", context, status=status)


@dataclass(frozen=True)
class Spot:
    """What is edited in place: the head, or a section with its slug."""

    codes: Sequence[str]
    laid: LaidSection | None = None

    def shown(self, request: PortalRequest, target: Target) -> HttpResponse:
        """As it is read; what opened the form takes the focus."""
        if self.laid is None:
            return head_part(request, target, focus=self.codes[0])
        return section_part(request, target, self.laid.slug, focus=True)


# --- one field of the head ----------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def field(request: PortalRequest, kind: Kind, element_id: int, code: str) -> HttpResponse:
    """The name, the amount or the responsible, edited where it stands."""
    target = open_item(request.user, Right.CHANGE, kind, element_id)
    if code not in ("NAME", *IN_HEAD) or target.schema.get(code) is None:
        raise NotFound
    if not may_change(target, code) or code in fixed_codes(target):
        raise Forbidden
    return edited(request, target, Spot([code]))


# --- a section ----------------------------------------------------------------------------


@login_required
@require_GET
def section(request: PortalRequest, kind: Kind, element_id: int, slug: str) -> HttpResponse:
    """A section as it is read."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    return section_part(request, target, slug, focus="focus" in request.GET)


def section_part(
    request: PortalRequest, target: Target, slug: str, *, focus: bool = False
) -> HttpResponse:
    part = part_of(target, slug)
    if part is None:
        raise NotFound
    context = {"part": part, "row": target.row, "kind": kind_of_target(target), "focus": focus}
    return render(request, "crm/card/section.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def section_edit(request: PortalRequest, kind: Kind, element_id: int, slug: str) -> HttpResponse:
    """The controls of a section; a saved one answers as it is read."""
    target = open_item(request.user, Right.CHANGE, kind, element_id)
    laid = section_of(kind, target.schema, slug)
    if laid is None:
        raise NotFound
    return edited(request, target, Spot([one.code for one in laid.fields], laid))


# --- both ---------------------------------------------------------------------------------


def edited(request: PortalRequest, target: Target, spot: Spot) -> HttpResponse:
    """The form on GET; on POST the spot as saved, or the form with what was typed."""
    data = request.POST if request.method == "POST" else None
    form = CardForm(target, spot.codes, data, fixed=fixed_codes(target))
    if data is None or not form.is_valid():
        return form_part(request, target, form, spot)
    try:
        row = save_part(target, form)
    except Invalid:
        return form_part(request, target, form, spot)
    except Clashed as error:
        return clashed(request, target, spot, error)
    if not is_htmx(request):
        return go_to(request, element_url(target.list, target.id))
    own = schema_for(target.actor, target.list, row)
    response = spot.shown(request, Target(target.actor, target.list, own, row))
    toast(request, _("Saved."))
    trigger(response, CHANGED, {"element": target.id})
    return response


def clashed(request: PortalRequest, target: Target, spot: Spot, error: Clashed) -> HttpResponse:
    """What was typed stays; saving once more writes it over what others wrote."""
    typed = request.POST.copy()
    typed["version"] = str(error.row.version)
    now = Target(target.actor, target.list, target.schema, error.row)
    form = CardForm(now, spot.codes, typed, fixed=fixed_codes(target))
    form.is_valid()
    return form_part(request, now, form, spot, error)


def form_part(
    request: PortalRequest,
    target: Target,
    form: CardForm,
    spot: Spot,
    clash: Clashed | None = None,
) -> HttpResponse:
    form.take_focus()
    context = {
        "editing": form,
        "section": spot.laid,
        "clash": clash,
        "row": target.row,
        "kind": kind_of_target(target),
        "list": target.list,
        "action": request.path,
        "code": "" if spot.laid else spot.codes[0],
    }
    status = 409 if clash else 422 if form.errors else 200
    if not is_htmx(request):
        return render(request, "crm/card/part_page.html", context, status=status)
    if spot.laid is None:
        return head_part(request, target, status=status, **context)
    return render(request, "crm/card/section_form.html", context, status=status)
