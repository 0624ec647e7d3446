"""What people do on the Disk: upload, name, move, copy, delete, restore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lists_core.access import Right
from lists_core.access.disk import rights_on_item
from lists_core.field_types.pickers import is_id
from lists_core.models import DiskFolder
from lists_core.selectors import disk
from lists_core.services import disk as services
from lists_core.services.disk_bin import purge_item
from lists_core.services.disk_copies import copy_item
from lists_core.services.disk_files import NameTaken, add_file, add_version, restore_version
from lists_core.views.files import json_errors, sent_file
from svod.base.errors import DomainError, Invalid, NotFound
from svod.base.htmx import render_page, saved, toast, trigger
from svod.base.http import PortalRequest

CREATED, TAKEN = 201, 409


class NameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)

    def add_domain_errors(self, error: Invalid) -> None:
        for name, messages in error.errors.items():
            self.add_error(name if name in self.fields else None, messages)


class MoveForm(NameForm):
    """Only the folder is asked; a name taken there is told above the form."""

    name = None  # type: ignore[assignment]
    folder = forms.TypedChoiceField(
        label=gettext_lazy("Folder"), coerce=int, empty_value=None, required=False
    )

    def __init__(
        self, *args: Any, choices: list[tuple[int, str]], top: bool, **kwargs: Any
    ) -> None:
        """`top`: the Disk itself is among the places to choose from."""
        super().__init__(*args, **kwargs)
        first = [("", _("Disk"))] if top or not choices else []
        self.fields["folder"].choices = [*first, *choices]  # type: ignore[attr-defined]


@login_required
@require_POST
@json_errors
def disk_upload(request: PortalRequest) -> HttpResponse:
    """One file into `folder`; a taken name answers 409 until `clash` says what to do."""
    sent = sent_file(request)
    if isinstance(sent, HttpResponse):
        return sent
    clash = request.POST.get("clash")
    try:
        file = add_file(
            sent,
            folder_id=asked_id(request.POST.get("folder", "")),
            actor=request.user,
            clash=clash if clash in {"version", "both"} else "refuse",  # type: ignore[arg-type]
        )
    except NameTaken as error:
        may = Right.CHANGE in rights_on_item(request.user, error.file)
        told = {"error": str(error), "clash": error.file.pk, "version": may}
        return JsonResponse(told, status=TAKEN)
    return JsonResponse({"id": file.pk, "name": file.name}, status=CREATED)


@login_required
@require_POST
@json_errors
def disk_version_add(request: PortalRequest, file_id: int) -> HttpResponse:
    sent = sent_file(request)
    if isinstance(sent, HttpResponse):
        return sent
    file = add_version(file_id, sent, actor=request.user)
    return JsonResponse({"id": file.pk, "name": file.name}, status=CREATED)


@login_required
@require_POST
def disk_version_restore(request: PortalRequest, file_id: int, number: int) -> HttpResponse:
    restore_version(file_id, number, actor=request.user)
    toast(request, _("Version %(number)d is current again.") % {"number": number})
    response = HttpResponse(status=204)
    trigger(response, "svod:disk")  # the drawer with the versions stays
    return response


@login_required
@require_http_methods(["GET", "POST"])
def disk_folder_add(request: PortalRequest) -> HttpResponse:
    parent_id = asked_id(request.GET.get("folder", ""))
    disk.access_folder(request.user, parent_id, Right.ADD)
    form = NameForm(request.POST or None)
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            services.create_folder(name, parent_id=parent_id, actor=request.user)
            return saved(request, _("The folder is made."))
        except Invalid as error:
            form.add_domain_errors(error)
    return form_page(request, form, _("New folder"), _("Create"))


@login_required
@require_http_methods(["GET", "POST"])
def disk_rename(request: PortalRequest, kind: str, item_id: int) -> HttpResponse:
    item = disk.access_item(request.user, kind, item_id, Right.CHANGE)
    form = NameForm(request.POST or None, initial={"name": item.name})
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            services.rename_item(kind, item_id, name, actor=request.user)
            return saved(request, _("Renamed."))
        except Invalid as error:
            form.add_domain_errors(error)
    return form_page(request, form, _("Rename"), _("Save"))


@login_required
@require_http_methods(["GET", "POST"])
def disk_move(request: PortalRequest, kind: str, item_id: int) -> HttpResponse:
    """The choice of a folder; a drag posts the same form."""
    item = disk.access_item(request.user, kind, item_id, Right.CHANGE)
    without = item_id if isinstance(item, DiskFolder) else 0
    return into_folder(
        request, item, services.move_item, without=without, texts=(_("Moved."), _("Move"))
    )


@login_required
@require_http_methods(["GET", "POST"])
def disk_copy(request: PortalRequest, kind: str, item_id: int) -> HttpResponse:
    item = disk.access_item(request.user, kind, item_id, Right.VIEW)
    return into_folder(request, item, copy_item, texts=(_("Copied."), _("Copy")))


def into_folder(
    request: PortalRequest,
    item: disk.Item,
    write: Callable[..., disk.Item],
    *,
    texts: tuple[str, str],
    without: int = 0,
) -> HttpResponse:
    """Ask for a folder and put the thing, or its copy, there."""
    is_folder = isinstance(item, DiskFolder)
    place = item.parent_id if isinstance(item, DiskFolder) else item.folder_id
    form = MoveForm(
        request.POST or None,
        choices=disk.folder_choices(request.user, without=without),
        top=Right.ADD in disk.may(request.user, None),
        initial={"folder": place},
    )
    if request.method == "POST" and form.is_valid():
        kind, target = "folder" if is_folder else "file", form.cleaned_data["folder"]
        try:
            write(kind, item.pk, folder_id=target, actor=request.user)
            return saved(request, texts[0])
        except Invalid as error:
            form.add_domain_errors(error)
    return form_page(request, form, f"{texts[1]}: {item.name}", texts[1])


@login_required
@require_POST
def disk_delete(request: PortalRequest, kind: str, item_id: int) -> HttpResponse:
    item = services.delete_item(kind, item_id, actor=request.user)
    undo = reverse("disk_restore", args=[kind, item_id])
    toast(request, _("“%(name)s” is in the bin.") % {"name": item.name}, undo=undo)
    return saved(request)


@login_required
@require_POST
def disk_restore(request: PortalRequest, kind: str, item_id: int) -> HttpResponse:
    try:
        item = services.restore_item(kind, item_id, actor=request.user)
    except Invalid as error:
        toast(request, first_message(error), "error")
        return HttpResponse(status=204)
    return saved(request, _("“%(name)s” is back.") % {"name": item.name})


@login_required
@require_POST
def disk_purge(request: PortalRequest, kind: str, item_id: int) -> HttpResponse:
    item = purge_item(kind, item_id, actor=request.user)
    return saved(request, _("“%(name)s” is deleted for ever.") % {"name": item.name})


def first_message(error: DomainError) -> str:
    found = [text for texts in getattr(error, "errors", {}).values() for text in texts]
    return found[0] if found else str(error)


def form_page(request: PortalRequest, form: forms.Form, heading: str, action: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "action": action}
    return render_page(request, "disk/form.html", context, status=422 if form.errors else 200)


def asked_id(text: str) -> int | None:
    """An id of the address or form; none for the root, NotFound for what is no id."""
    if not text:
        return None
    if not is_id(text):
        raise NotFound
    return int(text)
