"""What is done with single rows: copy, delete with a way back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lists_core.grid.answers import reload
from lists_core.services.bulk import INLINE_LIMIT
from lists_core.services.elements import copy_element, delete_elements, restore_elements


@login_required
@require_POST
def copy(request: HttpRequest, list_id: int, element_id: int) -> HttpResponse:
    row = copy_element(list_id, element_id, actor=request.user)
    text = _("A copy of “%(name)s” was added.") % {"name": row.name}
    return reload(toast={"text": text, "level": "success"})


@login_required
@require_POST
def delete(request: HttpRequest, list_id: int) -> HttpResponse:
    ids = ids_of(request.POST.getlist("ids"))
    gone = delete_elements(list_id, ids, actor=request.user)
    return reload(toast=deleted_toast(list_id, ids, gone))


@login_required
@require_POST
def restore(request: HttpRequest, list_id: int) -> HttpResponse:
    back = restore_elements(list_id, ids_of(request.GET.getlist("ids")), actor=request.user)
    text = ngettext("%(count)d element is back.", "%(count)d elements are back.", back)
    return reload(toast={"text": text % {"count": back}, "level": "success"})


def deleted_toast(list_id: int, ids: list[int], gone: int) -> dict[str, Any]:
    """How many went to the bin, with a button that brings them back."""
    text = ngettext(
        "%(count)d element was moved to the bin.", "%(count)d elements were moved to the bin.", gone
    )
    undo = f"{reverse('rows_restore', args=[list_id])}?{urlencode({'ids': ids}, doseq=True)}"
    toast = {"text": text % {"count": gone}, "level": "success" if gone else "warning"}
    return {**toast, "action": {"text": _("Undo"), "url": undo}} if gone else toast


def ids_of(texts: list[str]) -> list[int]:
    """Ids of a request, at most INLINE_LIMIT; anything else in it is passed over."""
    known = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
    return known[:INLINE_LIMIT]
