"""Arranging the card of a kind: its sections and the fields in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm_link.access import require_crm_manager
from crm_link.kinds import Kind
from crm_link.selectors.cards import whole_layout
from crm_link.selectors.kinds import access_kind
from crm_link.services.cards import Laid, arrange_card, forget_layout
from lists_core.access import Right
from lists_core.schema.compile import Schema
from svod.base.errors import Invalid
from svod.base.htmx import toast
from svod.base.http import PortalRequest

DAMAGED = {"": ["layout"]}


@login_required
@require_http_methods(["GET", "POST"])
def card_layout(request: PortalRequest, kind: Kind) -> HttpResponse:
    """The sections as columns of fields that are dragged or moved by keyboard."""
    list_, schema = access_kind(request.user, Right.VIEW, kind)
    require_crm_manager(request.user)
    sections, errors = None, {}
    if request.method == "POST":
        if "usual" in request.POST:
            forget_layout(kind, actor=request.user)
            return done(request, kind)
        sections = posted(request.POST.get("layout", ""))
        try:
            arrange_card(kind, sections[:-1], sections[-1].fields, actor=request.user)
        except Invalid as error:
            errors = error.errors
        else:
            return done(request, kind)
    context = {
        "kind": kind,
        "list": list_,
        "sections": drawn(schema, sections or stored(kind, schema), errors),
        "errors": errors.get("", []),
    }
    return render(request, "crm/card/layout.html", context, status=422 if errors else 200)


def done(request: PortalRequest, kind: Kind) -> HttpResponse:
    toast(request, _("The card is arranged."))
    return redirect("crm_card_layout", kind.slug)


def stored(kind: Kind, schema: Schema) -> list[Laid]:
    layout = whole_layout(kind, schema)
    return [Laid(one.name, [field.field.pk for field in one.fields]) for one in layout]


def posted(text: str) -> list[Laid]:
    """`[{"name", "fields": [ids]}, …]`, the hidden section last. Raises Invalid."""
    try:
        given = json.loads(text)
        found = [Laid(str(one["name"]), [int(pk) for pk in one["fields"]]) for one in given]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        raise Invalid(DAMAGED) from None
    if not found:
        raise Invalid(DAMAGED)
    return found


def drawn(
    schema: Schema, sections: Sequence[Laid], errors: dict[str, list[str]]
) -> list[dict[str, Any]]:
    known = {field.field.pk: field for field in schema.fields}
    return [
        {
            "name": one.name.encode(errors="replace").decode(),  # half a character is not sent back
            "fields": [known[pk] for pk in one.fields if pk in known],
            "errors": errors.get(f"{place}.name", []),
            "is_hidden": place == len(sections) - 1,
        }
        for place, one in enumerate(sections)
    ]
