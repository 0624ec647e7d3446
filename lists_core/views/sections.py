"""The tree of a list's sections and its changes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right, may, may_arrange
from lists_core.field_types.pickers import is_id
from lists_core.models import List, Section
from lists_core.section_forms import SectionForm
from lists_core.selectors.lists import access_list
from lists_core.selectors.section_tree import section_counts, section_tree
from lists_core.selectors.sections import sections_of, visible_section
from lists_core.services import section_deletion as deletion
from lists_core.services import sections as services
from lists_core.services.links import Linked
from lists_core.views.directories import ask_first, refused
from svod.base.errors import Forbidden, Invalid, NotFound
from svod.base.htmx import go_to, render_page, saved, toast, wants_fragment
from svod.base.http import PortalRequest


@login_required
@require_GET
def sections(request: PortalRequest, list_id: int) -> HttpResponse:
    """The tree, moved by drag or by the form of a section."""
    list_ = with_sections(request, Right.VIEW, list_id)
    context = {
        "list": list_,
        "tree": section_tree(list_, actor=request.user),
        "may": {right.name.lower(): may_arrange(request.user, right, list_) for right in Right},
        "may_top": may(request.user, Right.CHANGE, list_),
    }
    return render_page(request, "lists/sections/sections.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def section_add(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = with_sections(request, Right.CHANGE, list_id)
    form = SectionForm(
        request.POST or None, actor=request.user, list_=list_, parent=request.GET.get("parent")
    )
    if form.is_valid():
        try:
            services.create_section(list_id, actor=request.user, **form.settings)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            return done(request, list_, _("Added."))
    return form_page(request, list_, form, "section_add")


@login_required
@require_http_methods(["GET", "POST"])
def section_edit(request: PortalRequest, list_id: int, section_id: int) -> HttpResponse:
    list_ = with_sections(request, Right.CHANGE, list_id)
    section = visible_section(list_, section_id, request.user)
    services.require_in(request.user, Right.CHANGE, list_, section_id)
    form = SectionForm(request.POST or None, actor=request.user, list_=list_, section=section)
    if form.is_valid():
        try:
            services.update_section(list_id, section_id, actor=request.user, **form.settings)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            return done(request, list_, _("Saved."))
    return form_page(request, list_, form, "section_edit")


def form_page(request: PortalRequest, list_: List, form: SectionForm, caption: str) -> HttpResponse:
    context = {"list": list_, "form": form, "caption": caption, "drawer": wants_fragment(request)}
    status = 422 if form.errors else 200
    return render_page(request, "lists/sections/form.html", context, status=status)


@login_required
@require_POST
def section_move(request: PortalRequest, list_id: int) -> HttpResponse:
    """A drag in the tree: `id` goes under `parent`, whose sections then stand as in `ids`."""
    with_sections(request, Right.CHANGE, list_id)
    section_id, parent = number(request.POST.get("id")), request.POST.get("parent")
    if section_id is None:
        raise NotFound
    order = [pk for raw in request.POST.getlist("ids") if (pk := number(raw)) is not None]
    parent_id = number(parent) if parent else None
    try:
        services.move_section(
            list_id, section_id, parent_id=parent_id, order=order, actor=request.user
        )
    except Invalid as error:
        text = " ".join(text for texts in error.errors.values() for text in texts)
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@login_required
@require_http_methods(["GET", "POST"])
def section_delete(request: PortalRequest, list_id: int, section_id: int) -> HttpResponse:
    """Asks first; content may go to the section above."""
    list_ = with_sections(request, Right.DELETE, list_id)
    section = visible_section(list_, section_id, request.user)
    services.require_in(request.user, Right.DELETE, list_, section_id)
    if request.method == "POST":
        try:
            return _delete(request, list_, section)
        except deletion.NotEmpty:
            return delete_page(request, list_, section, asked=True)
        except Linked as error:
            return refused(request, str(error), ask_first("section", list_id, section_id))
    return delete_page(request, list_, section)


def _delete(request: PortalRequest, list_: List, section: Section) -> HttpResponse:
    """At once, or by a job where much (the bin may hold it) has to go to the section above."""
    place, actor = (list_.pk, section.pk), request.user
    to_parent = request.POST.get("content") == "parent"
    agreed = to_parent or deletion.is_empty(list_, section)
    if agreed and deletion.is_long(list_, section.pk):
        return go_to(request, deletion.start_deletion(*place, actor=actor))
    deletion.delete_section(*place, actor=actor, content_to_parent=to_parent)
    return done(request, list_, _("The section is deleted."))


def delete_page(
    request: PortalRequest, list_: List, section: Section, *, asked: bool = False
) -> HttpResponse:
    """What is in the section; `asked` tells a person who did not say where it goes."""
    context = {
        "list": list_,
        "section": section,
        "count": section_counts(list_, actor=request.user).get(section.pk, 0),
        "children": sections_of(list_, request.user).filter(parent=section).count(),
        "empty": deletion.is_empty(list_, section),
        "drawer": wants_fragment(request),
        "asked": asked,
    }
    status = 422 if asked else 200
    return render_page(request, "lists/sections/delete.html", context, status=status)


def with_sections(request: PortalRequest, right: Right, list_id: int) -> List:
    """The list; who may not arrange its sections is refused at the door."""
    list_ = access_list(request.user, right, list_id)
    if not list_.has_sections or list_.system:  # the program has pages of its own for those
        raise NotFound
    if right != Right.VIEW and not may_arrange(request.user, right, list_):
        raise Forbidden
    return list_


def number(raw: str | None) -> int | None:
    """An id of the request; NotFound for what cannot be one."""
    if raw is None:
        return None
    if not is_id(raw):
        raise NotFound
    return int(raw)


def done(request: PortalRequest, list_: List, text: str) -> HttpResponse:
    if wants_fragment(request):
        return saved(request, text, list=list_.pk)
    toast(request, text)
    return go_to(request, reverse("sections", args=[list_.pk]))
