"""The history tab of an element: who wrote what, two versions side by side, bringing back."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, Target, element_tabs, open_target
from lists_core.field_types.pickers import is_id
from lists_core.selectors.history import history_of
from lists_core.selectors.versions import compare
from lists_core.services.restoring import restore_field, restore_version
from lists_core.services.values import reasons
from svod.base.errors import Invalid, NotFound
from svod.base.htmx import toast, trigger, wants_fragment
from svod.base.http import PortalRequest

element_tabs.register(ElementTab("history", gettext_lazy("History"), "element_history", order=20))


@login_required
@require_GET
def element_history(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Writes to the element, newest first; with `before` only older ones, for "show more"."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    before = request.GET.get("before", "")
    number = int(before) if is_id(before) else 0
    history = history_of(target.schema, target.id, actor=target.actor, before=number)
    context = {
        "history": history,
        "list": target.list,
        "row": target.row,
        "may_restore": target.may(Right.CHANGE),
    }
    if number:
        return render(request, "lists/element/partials/history_entries.html", context)
    return element_page(request, target, "history", "lists/element/history.html", context)


@login_required
@require_GET
def element_compare(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Two versions side by side: those named by `v`; one alone is compared with the present."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    asked = sorted(int(item) for item in request.GET.getlist("v") if is_id(item))
    first = asked[0] if asked else max(1, target.row.version - 1)
    second = asked[-1] if len(asked) > 1 else target.row.version
    context = {
        "comparison": compare(target, first, second),
        "may_restore": target.may(Right.CHANGE),
    }
    return element_page(request, target, "history", "lists/element/compare.html", context)


@login_required
@require_POST
def element_history_restore(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Bring back a version, or one field of it: `to` is "3:" or "3:CODE"."""
    target = open_target(request.user, Right.CHANGE, list_id, element_id)
    number, _colon, code = request.POST.get("to", "").partition(":")
    if not is_id(number):
        raise NotFound
    restored(request, target, int(number), code)
    address = reverse("element_history", args=[list_id, element_id])
    if not wants_fragment(request):
        return redirect(address)
    request.method = "GET"
    response = element_history(request, list_id, element_id)
    trigger(response, "elements-changed", {"list": list_id, "ids": [element_id]})
    return response


def restored(request: PortalRequest, target: Target, version: int, code: str) -> None:
    """Do it, and tell what became of it."""
    place = (target.list.pk, target.id, version)
    try:
        done = (
            restore_field(*place, code, actor=target.actor)
            if code
            else restore_version(*place, actor=target.actor)
        )
    except Invalid as error:
        toast(request, reasons(target.schema, error), "error")
        return
    if done.row.version == target.row.version:
        toast(request, _("Nothing differs from what stands there now."), "info")
    else:
        toast(request, _("The former value is back.") if code else _("The version is back."))
    if done.left:
        kept = reasons(target.schema, Invalid(done.left))
        toast(request, _("Left as they are: %(fields)s") % {"fields": kept}, "warning")
