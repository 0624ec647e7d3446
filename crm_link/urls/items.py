"""The start of CRM."""

from django.urls import URLPattern, path

from crm_link.views import items

urlpatterns: list[URLPattern] = [
    path("", items.crm, name="crm"),
    path("set-up/", items.set_up, name="crm_set_up"),
]
