"""The tab of products: rows, what they cost, and the list they are taken from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from moneyed import Money

from crm_link.card import may_change
from crm_link.card_tabs import CardTab, CardTabProvider, card_tabs
from crm_link.kinds import Kind
from crm_link.models import ProductRow
from crm_link.product_forms import ProductTable, RowForm, plain
from crm_link.products import Sums, rows_of
from crm_link.selectors.items import kind_of_target, open_item
from crm_link.selectors.products import catalogue_of, offer_of
from crm_link.services.products import KINDS, replace_rows
from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import Target
from lists_core.field_types.currencies import money_text
from lists_core.field_types.money import default_currency
from lists_core.field_types.pickers import is_id
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from svod.base.htmx import go_to, is_htmx, toast, trigger
from svod.base.http import PortalRequest

TAB = "products"


@card_tabs.register
class ProductsTab(CardTabProvider):
    """For deals and leads, for who may know the amount."""

    slug = TAB

    def tabs(self, target: Target) -> list[CardTab]:
        if not has_products(target):
            return []
        url = reverse("crm_products", args=[kind_of_target(target).slug, target.id])
        number = ProductRow.objects.filter(element=target.id).count()
        return [CardTab(TAB, gettext_lazy("Products"), url, number or None, order=10)]


def has_products(target: Target) -> bool:
    return kind_of_target(target).slug in KINDS and target.schema.get("AMOUNT") is not None


@login_required
@require_http_methods(["GET", "POST"])
def products(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """The rows, as a form for who may change the amount; posting saves them all."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    if not has_products(target):
        raise NotFound
    if request.method == "GET":
        return page(request, target, ProductTable.of(rows_of(target.id)))
    if not may_change(target, "AMOUNT"):
        raise Forbidden
    table = ProductTable.typed(request.POST)
    if not table.is_valid():
        return page(request, target, table, 422)
    try:
        replace_rows(target.id, table.values, actor=request.user, seen=table.seen)
    except Invalid as error:
        table.add_errors(error)
        return page(request, target, table, 422)
    except Conflict:
        return conflict(request, target, table)
    toast(request, _("The products are saved."))
    if not is_htmx(request):
        return go_to(request, request.path)
    again = open_item(request.user, Right.VIEW, kind, element_id)
    response = page(request, again, ProductTable.of(rows_of(target.id)))
    trigger(response, "crm:changed", {"element": target.id})
    return response


def conflict(request: PortalRequest, target: Target, table: ProductTable) -> HttpResponse:
    """What was typed stays, and saving once more writes it over what others wrote."""
    table.seen = [row.pk for row in rows_of(target.id)]
    text = _("Somebody has changed the products meanwhile. Save once more to keep yours.")
    table.errors.append(text)
    return page(request, target, table, 409)


def page(
    request: PortalRequest, target: Target, table: ProductTable, status: int = 200
) -> HttpResponse:
    may_edit, currency = may_change(target, "AMOUNT"), currency_of(target)
    context = {
        "table": table,
        "lines": [(form, line and shown(line, currency)) for form, line in table.lines()],
        "total": total_of_table(table, currency),
        "may_edit": may_edit,
        "blank": blank(),
        "catalogue": catalogue_of(target.actor) if may_edit else None,
    }
    response = element_page(request, target, TAB, "crm/card/products.html", context)
    response.status_code = status
    return response


def total_of_table(table: ProductTable, currency: str) -> dict[str, str] | None:
    """Of the rows whose numbers are right; None where there is none."""
    sums = [line for _form, line in table.lines() if line is not None]
    return shown(sum(sums[1:], sums[0]), currency) if sums else None


def shown(sums: Sums, currency: str) -> dict[str, str]:
    """The sums as texts; those of nought, but for the total, are left out."""
    texts = {
        name: money_text(Money(amount, currency))
        for name in ("full", "discount", "tax")
        if (amount := getattr(sums, name))
    }
    return {**texts, "total": money_text(Money(sums.total, currency))}


def currency_of(target: Target) -> str:
    field = target.schema["AMOUNT"]
    now = field.read(target.row)
    return str(now.currency.code) if now else default_currency(field.field)


def blank(**initial: Any) -> RowForm:
    start = {"quantity": "1", "discount_kind": "percent", "tax_included": "1"}
    return RowForm(initial={**start, **initial})


@login_required
@require_POST
def totals(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """What the rows as typed would cost; nothing is kept."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    if not has_products(target):
        raise NotFound
    table = ProductTable.typed(request.POST)
    context = {"total": total_of_table(table, currency_of(target))}
    return render(request, "crm/card/product_totals.html", context)


@login_required
@require_GET
def row(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """A new row, filled from the list of products when `product` names one of them."""
    target = open_item(request.user, Right.CHANGE, kind, element_id)
    if not has_products(target):
        raise NotFound
    asked = request.GET.get("product", "")
    offer = offer_of(request.user, int(asked)) if is_id(asked) else None
    form = blank()
    if offer:
        price = plain(offer.price or Decimal(0))
        form = blank(name=offer.name, product=offer.id, unit=offer.unit, price=price)
    context = {"form": form, "line": None}
    return render(request, "crm/card/product_row.html", context)
