"""The start of CRM, the tables of items and their cards."""

from django.urls import URLPattern, path

from crm_link.views import items

urlpatterns: list[URLPattern] = [
    path("", items.crm, name="crm"),
    path("set-up/", items.set_up, name="crm_set_up"),
    path("<crm_kind:kind>/<int:element_id>/", items.card, name="crm_card"),
]
