"""Items that look alike: beside a form, on the page of a kind, and their merging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.kinds import COMPANY, CONTACT, LEAD, Kind, kind_of
from crm_link.points import EXACT, PointType, normal, point_type
from crm_link.selectors.duplicate_rules import is_refused
from crm_link.selectors.duplicates import groups, look_alikes, repeated
from crm_link.selectors.kinds import list_of
from crm_link.selectors.merging import Comparison, compare
from crm_link.services.merging import MOST, is_long, merge_items, rehearse_merge
from lists_core.access import Right, schema_for
from lists_core.addresses import element_url
from lists_core.field_types.phone import region_of
from lists_core.field_types.pickers import is_id
from lists_core.grid.target import ids_now, target_of
from lists_core.schema.compile import Schema
from lists_core.selectors.lists import access_list
from lists_core.services.jobs import start_job
from svod.base.errors import Conflict, Invalid, NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

PAGE = 20
TYPED = 2_000


@login_required
@require_POST
def look_alikes_part(request: PortalRequest, kind: Kind) -> HttpResponse:
    """Who looks like the item that is being typed into a form."""
    list_ = access_list(request.user, Right.ADD, list_of(kind).pk)
    schema = schema_for(request.user, list_, new=True)
    points = {type_: typed_points(schema, request.POST, type_) for type_ in EXACT}
    likes = look_alikes(request.user, points, typed_names(kind, request.POST))
    refused = is_refused(request.user, schema, points)
    context = {"likes": likes, "kind": kind, "refused": refused}
    return render(request, "crm/duplicates/alike.html", context)


def typed_points(schema: Schema, typed: QueryDict, type_: PointType) -> set[str]:
    found = set()
    for field in schema.fields:
        if point_type(field) == type_:
            region = region_of(field.field)
            texts = typed.getlist(field.code)[:MOST]
            found |= {normal(type_, text[:TYPED], region=region) for text in texts}
    return found - {""}


def typed_names(kind: Kind, typed: QueryDict) -> dict[Kind, str]:
    """By what name each kind is compared with what was typed."""
    name = typed.get("NAME", "")[:TYPED]
    if kind != LEAD:
        return {kind: name}
    parts = (typed.get(code, "")[:TYPED] for code in ("LAST_NAME", "FIRST_NAME", "SECOND_NAME"))
    person = " ".join(filter(None, parts))
    return {CONTACT: person, COMPANY: typed.get("COMPANY_TITLE", "")[:TYPED]}


@login_required
@require_GET
def duplicates(request: PortalRequest, kind: Kind) -> HttpResponse:
    """Groups of items with the same telephone, e-mail or INN."""
    asked = request.GET.get("by", "")
    by = PointType(asked) if asked in EXACT else PointType.PHONE
    pages = Paginator(repeated(request.user, kind, by), PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "list": list_of(kind),
        "page": page,
        "groups": groups(request.user, kind, by, page.object_list),
        "tabs": [tab(kind, one, by) for one in EXACT],
    }
    return render_page(request, "crm/duplicates/duplicates.html", context)


def tab(kind: Kind, by: PointType, current: PointType) -> dict[str, Any]:
    url = f"{reverse('crm_duplicates', args=[kind.slug])}?by={by.value}"
    return {"label": by.label, "url": url, "current": by == current}


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: PortalRequest, kind: Kind) -> HttpResponse:
    """Items beside one another: which is the main one, which values stay."""
    given = request.POST if request.method == "POST" else request.GET
    found = compare(request.user, kind, asked_ids(given), main=number(given.get("main")))
    if request.method == "GET":
        return merge_page(request, kind, found)
    try:
        return merged(request, kind, found)
    except (Conflict, Invalid) as error:
        return merge_page(request, kind, found, error=error)


def merged(request: PortalRequest, kind: Kind, found: Comparison) -> HttpResponse:
    winner, *losers = [row.pk for row in found.rows]
    asked = {
        line.field.code: number(request.POST.get(f"v_{line.field.code}")) for line in found.lines
    }
    chosen = {code: pk for code, pk in asked.items() if pk}
    versions = {
        row.pk: number(request.POST.get(f"version_{row.pk}")) or row.version for row in found.rows
    }
    given = {"chosen": chosen, "versions": versions}
    if is_long(kind, losers):
        rehearse_merge(kind, winner, losers, actor=request.user, **given)
        params = {"slug": kind.slug, "winner": winner, "losers": losers, **given}
        return go_to(
            request, start_job("merge_items", actor=request.user, list_=found.list, **params)
        )
    merge_items(kind, winner, losers, actor=request.user, **given)
    toast(request, _("The items are merged."))
    return go_to(request, element_url(found.list, winner))


def merge_page(
    request: PortalRequest,
    kind: Kind,
    found: Comparison,
    *,
    error: Conflict | Invalid | None = None,
) -> HttpResponse:
    texts: Sequence[str] = []
    if isinstance(error, Invalid):
        texts = [text for errors in error.errors.values() for text in errors]
    elif error is not None:
        texts = [str(error)]
    context = {"kind": kind, "list": found.list, "found": found, "errors": texts}
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    return render_page(request, "crm/duplicates/merge.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def merge_selected(request: PortalRequest, list_id: int) -> HttpResponse:
    """From the bar of a grid: the page of the selected items."""
    target = target_of(request, list_id, Right.DELETE)
    kind = kind_of(target.grid.list_.system)
    if kind is None:
        raise NotFound
    ids = ids_now(target)
    if not 1 < len(ids) <= MOST:
        return render(request, "crm/duplicates/too_many.html", {"most": MOST})
    return go_to(request, f"{reverse('crm_merge', args=[kind.slug])}?{query(ids)}")


def query(ids: Sequence[int]) -> str:
    return "&".join(f"id={pk}" for pk in ids)


def asked_ids(given: QueryDict) -> list[int]:
    """The ids of the address or the form, without repetitions, at most MOST."""
    ids = [int(text) for text in given.getlist("id") if is_id(text)]
    return sorted(set(ids))[:MOST]


def number(text: str | None) -> int:
    """An id, or 0 for what is none."""
    return int(text) if text and is_id(text) else 0
