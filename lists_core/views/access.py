"""The Access tab of a list, a section, an element or a field; one page for all four."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lists_core.access import Right, list_rights
from lists_core.access_form import AccessForm
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, Target, element_tabs, open_target
from lists_core.selectors.access_page import access_page
from lists_core.selectors.explain import Explanation, explain
from lists_core.selectors.secured import (
    Secured,
    secured_field,
    secured_list,
    secured_section,
)
from lists_core.services.access_changes import Stale, save_access
from staff import selectors as people
from staff.models import Employee
from staff.widgets import PersonSelect, typed_ids
from svod.base.errors import Forbidden, Invalid
from svod.base.htmx import render_page, toast, wants_fragment
from svod.base.http import PortalRequest

element_tabs.register(
    ElementTab(
        "access",
        gettext_lazy("Access"),
        "element_access",
        order=90,
        shown=lambda target: target.may(Right.ACCESS),
    )
)


Opened = Callable[[], tuple[Secured, Target | None]]


@login_required
@require_http_methods(["GET", "POST"])
def list_access(request: PortalRequest, list_id: int) -> HttpResponse:
    return tab(request, lambda: (secured_list(request.user, list_id), None))


@login_required
@require_http_methods(["GET", "POST"])
def section_access(request: PortalRequest, list_id: int, section_id: int) -> HttpResponse:
    return tab(request, lambda: (secured_section(request.user, list_id, section_id), None))


@login_required
@require_http_methods(["GET", "POST"])
def field_access(request: PortalRequest, list_id: int, field_id: int) -> HttpResponse:
    return tab(request, lambda: (secured_field(request.user, list_id, field_id), None))


@login_required
@require_http_methods(["GET", "POST"])
def element_access(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    def opened() -> tuple[Secured, Target]:
        target = open_target(request.user, Right.ACCESS, list_id, element_id)
        return Secured(target.list, row=target.row), target

    return tab(request, opened)


# --- the page ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """How the page is drawn: `stale` when others saved first, `draft` when nothing is saved."""

    form: AccessForm
    status: int = 200
    stale: bool = False
    draft: bool = False


def tab(request: PortalRequest, opened: Opened) -> HttpResponse:
    thing, target = opened()
    page = access_page(thing, actor=request.user)
    if request.method == "POST":
        answer = posted(request, AccessForm(page, request.POST))
        if answer is not None:
            return drawn(request, answer, target)
        toast(request, _("Access is saved."))
        if not wants_fragment(request):
            return redirect(request.get_full_path())
        thing, target = opened()
        page = access_page(thing, actor=request.user)
    return drawn(request, Answer(AccessForm(page)), target)


def posted(
    request: PortalRequest, form: AccessForm, *, save: Callable[..., None] = save_access
) -> Answer | None:
    """None when it was saved."""
    if "add" in request.POST or "remove" in request.POST:
        form.redraw(remove=request.POST.get("remove", ""))
        return Answer(form, draft=True)
    if not form.is_valid():
        return Answer(form, 422)
    try:
        save(form.page.thing, form.change(), actor=request.user)
    except Stale:
        form.begin_anew()
        return Answer(form, 409, stale=True)
    except Invalid as error:
        form.add_errors(error)
        return Answer(form, 422)
    except Forbidden as error:
        return refused(request, form, error)
    return None


def refused(request: PortalRequest, form: AccessForm, error: Forbidden) -> Answer:
    """What was typed stays: on the page by itself, or because htmx leaves a page alone on 403."""
    form.errors.append(str(error))
    if wants_fragment(request):
        toast(request, str(error), "error")
    return Answer(form, 403)


def drawn(request: PortalRequest, answer: Answer, target: Target | None) -> HttpResponse:
    thing = answer.form.page.thing
    context = {**panel(request, answer), "list": thing.list, "tab": "access"}
    template = f"lists/access/{thing.kind}.html"
    if target is not None:
        response = element_page(request, target, "access", template, context)
        response.status_code = answer.status
        return response
    full = Right.FULL in list_rights(request.user, thing.list.pk).list
    frame = {"section": thing.section, "field": thing.field, "may_full": full}
    return render_page(request, template, {**context, **frame}, status=answer.status)


def panel(request: PortalRequest, answer: Answer) -> Mapping[str, Any]:
    asked = request.GET.get("person", "")
    person = asked_person(asked)
    return {
        "access": answer.form.page,
        "thing": answer.form.page.thing,
        "form": answer.form,
        "stale": answer.stale,
        "draft": answer.draft,
        "action": request.get_full_path(),
        "person_picker": PersonSelect().render("person", person.pk if person else "", PICKER),
        "unknown_person": bool(asked and person is None),
        "explanation": explained(request, answer, person),
        "drawer": wants_fragment(request),
    }


PICKER = {"id": "id_person"}


def asked_person(text: str) -> Employee | None:
    ids = typed_ids(text)
    return people.employees_by_ids(ids).get(ids[0]) if ids else None


def explained(
    request: PortalRequest, answer: Answer, person: Employee | None
) -> Explanation | None:
    if person is None:
        return None
    return explain(answer.form.page.thing, person, actor=request.user)
