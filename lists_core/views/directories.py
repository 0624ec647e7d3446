"""Where values of directories are used, and replacing one by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from lists_core.access import Right, list_rights, may
from lists_core.addresses import element_url
from lists_core.directory_forms import ReplaceForm
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, element_tabs, open_target
from lists_core.field_types.on_delete import WRITES
from lists_core.field_types.pickers import is_id
from lists_core.jobs.base import job_kinds
from lists_core.models import Job, List
from lists_core.selectors.linking import (
    ELEMENT,
    SECTION,
    Use,
    linked_from,
    live_links,
    more_links,
    uses_of_list,
)
from lists_core.selectors.lists import access_list
from lists_core.selectors.sections import visible_section
from lists_core.services.link_deletion import TO_BIN, TO_PARENT, replace_value
from lists_core.services.section_deletion import is_empty
from lists_core.services.sections import require_in
from svod.base.errors import Invalid, NotFound
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

element_tabs.register(ElementTab("uses", gettext_lazy("Used in"), "element_uses", order=30))


@dataclass(frozen=True)
class Value:
    """An element or a section that other lists link to."""

    kind: str
    list: List
    id: int
    name: str

    @property
    def url(self) -> str:
        if self.kind == ELEMENT:
            return element_url(self.list, self.id)
        return f"{self.list.get_absolute_url()}?section={self.id}"

    @property
    def uses_url(self) -> str:
        return reverse(f"{self.kind}_uses", args=[self.list.pk, self.id])

    @cached_property
    def has_content(self) -> bool:
        """Whether it is a section that holds something, which goes to the section above."""
        if self.kind == ELEMENT:
            return False
        return not is_empty(self.list, self.list.sections.get(pk=self.id))


@login_required
@require_GET
def list_uses(request: PortalRequest, list_id: int) -> HttpResponse:
    """Every field of every list that links here, with the number of elements that do."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    context = {
        "list": list_,
        "uses": uses_of_list(request.user, list_id),
        "tab": "uses",
        "may_full": may(request.user, Right.FULL, list_),
    }
    return render_page(request, "lists/directories/list.html", context)


@login_required
@require_GET
def element_uses(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The elements of other lists that link to this one; more of one field by `field`."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    value = Value(ELEMENT, target.list, element_id, target.row.name)
    if "field" in request.GET:
        return more(request, value)
    context = {"uses": linked_from(target.actor, list_id, element_id), "value": value}
    return element_page(request, target, "uses", "lists/element/uses.html", context)


@login_required
@require_GET
def section_uses(request: PortalRequest, list_id: int, section_id: int) -> HttpResponse:
    """The same for a section."""
    value = section_value(request, list_id, section_id)
    if "field" in request.GET:
        return more(request, value)
    may_delete = Right.DELETE in list_rights(request.user, list_id).place(section_id).own
    uses = linked_from(request.user, list_id, section_id, kind=SECTION)
    context = {"list": value.list, "value": value, "uses": uses, "may_delete": may_delete}
    return render_page(request, "lists/directories/section.html", context)


def section_value(request: PortalRequest, list_id: int, section_id: int) -> Value:
    list_ = access_list(request.user, Right.VIEW, list_id)
    if not list_.has_sections or list_.system:
        raise NotFound
    section = visible_section(list_, section_id, request.user)
    return Value(SECTION, list_, section_id, section.name)


def more(request: PortalRequest, value: Value) -> HttpResponse:
    """The next elements of one field, after the one with the id `before`."""
    asked = [request.GET.get("field", ""), request.GET.get("before", "")]
    if not all(map(is_id, asked)):
        raise NotFound
    field_id, before = map(int, asked)
    use = more_links(
        request.user, value.list.pk, value.id, kind=value.kind, field_id=field_id, before=before
    )
    if use is None:
        raise NotFound
    return render(request, "lists/directories/rows.html", {"use": use, "value": value})


@login_required
@require_http_methods(["GET", "POST"])
def element_replace(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Asks what replaces the element in all lists, and whether it is deleted then."""
    target = open_target(request.user, Right.DELETE, list_id, element_id)
    return replace(request, Value(ELEMENT, target.list, element_id, target.row.name))


@login_required
@require_http_methods(["GET", "POST"])
def section_replace(request: PortalRequest, list_id: int, section_id: int) -> HttpResponse:
    """The same for a section."""
    value = section_value(request, list_id, section_id)
    require_in(request.user, Right.DELETE, value.list, section_id)
    return replace(request, value)


def replace(request: PortalRequest, value: Value) -> HttpResponse:
    uses = linked_from(request.user, value.list.pk, value.id, kind=value.kind)
    form = ReplaceForm(
        request.POST or None,
        list_id=value.list.pk,
        kind=value.kind,
        may_empty=any(one.pointing.rule in WRITES for one in uses),
        actor=request.user,
    )
    if form.is_valid():
        new, delete = form.cleaned_data["new"], form.cleaned_data["delete"]
        how = (TO_BIN if value.kind == ELEMENT else TO_PARENT) if delete else ""
        try:
            job = replace_value(
                value.list, value.kind, value.id, new, actor=request.user, delete=how
            )
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            return replaced(request, value, job)
    return replace_page(request, value, form, uses)


def replace_page(
    request: PortalRequest, value: Value, form: ReplaceForm, uses: Sequence[Use]
) -> HttpResponse:
    seen = sum(use.count.number if use.count else 0 for use in uses)
    limit = seen + 1
    context: dict[str, Any] = {
        "value": value,
        "list": value.list,
        "form": form,
        "uses": uses,
        "elsewhere": live_links(value.list.pk, value.kind, [value.id], limit=limit) > seen,
        "drawer": wants_fragment(request),
        "asked": request.GET.get("delete") == "1",
    }
    status = 422 if form.errors else 200
    return render_page(request, "lists/directories/replace.html", context, status=status)


def replaced(request: PortalRequest, value: Value, job: Job) -> HttpResponse:
    """A few links are replaced already; many are watched on the job's page."""
    if not job.is_over:
        return go_to(request, job)
    kept = job.error or job.result.get("kept", "")
    text = job_kinds.get(job.kind).summary(job)
    told = {"text": kept or text, "level": "error" if kept else "success", "undo": ""}
    if not is_htmx(request):
        toast(request, told["text"], "error" if kept else "success")
        return go_to(request, value.list if job.result.get("deleted") else value.url)
    response = saved(request, list=value.list.pk, ids=[value.id])
    trigger(response, "elements-changed", {"list": value.list.pk, "ids": [value.id]})
    trigger(response, "toast", {"toasts": [{**told, "url": reverse("job", args=[job.pk])}]})
    return response


def ask_first(value_kind: str, list_id: int, target: int) -> str:
    """Where a person is asked, whose deletion was refused because the thing is used."""
    return f"{reverse(f'{value_kind}_replace', args=[list_id, target])}?delete=1"


def refused(request: PortalRequest, text: str, url: str) -> HttpResponse:
    """The dialog that asks, instead of a deletion."""
    if is_htmx(request):
        return open_dialog(url)
    toast(request, text, "warning")
    return go_to(request, url)
