"""Addresses of CRM; one module for each group of pages."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from crm_link.urls.converters import CrmKindConverter

register_converter(CrmKindConverter, "crm_kind")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("crm_link.urls.clients")),
    path("", include("crm_link.urls.requisites")),
    path("", include("crm_link.urls.booking")),
    path("crm/settings/consolidation/", include("crm_link.urls.feeds")),
    path("", include("crm_link.urls.outside")),
    path("crm/", include("crm_link.urls.items")),
    path("crm/", include("crm_link.urls.binding")),
    path("crm/settings/", include("crm_link.urls.settings")),
    path("crm/settings/", include("crm_link.urls.robots")),
    path("crm/", include("crm_link.urls.questionnaires")),
    path("crm/", include("crm_link.urls.shapes")),
    path("crm/", include("crm_link.urls.tabs")),
    path("crm/", include("crm_link.urls.card")),
    path("crm/", include("crm_link.urls.activities")),
    path("crm/", include("crm_link.urls.calls")),
    path("crm/settings/", include("crm_link.urls.stages")),
    path("crm/", include("crm_link.urls.products")),
]
