"""Products of deals and leads."""

from django.urls import URLPattern, path

from crm_link.views import products

ITEM = "<crm_kind:kind>/<int:element_id>/products/"

urlpatterns: list[URLPattern] = [
    path(ITEM, products.products, name="crm_products"),
    path(f"{ITEM}totals/", products.totals, name="crm_product_totals"),
    path(f"{ITEM}row/", products.row, name="crm_product_row"),
]
