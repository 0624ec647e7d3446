"""Requisites of companies and contacts."""

from django.urls import URLPattern, path

from crm_link.views import requisites as views

OF_ELEMENT = "lists/<int:list_id>/elements/<int:element_id>/requisites/"
ONE = "crm/requisites/<int:requisite_id>/"
urlpatterns: list[URLPattern] = [
    path(OF_ELEMENT, views.element_requisites, name="element_requisites"),
    path(f"{OF_ELEMENT}add/", views.requisite_add, name="requisite_add"),
    path(ONE, views.requisite_edit, name="requisite_edit"),
    path(f"{ONE}delete/", views.requisite_delete, name="requisite_delete"),
    path(f"{ONE}main/", views.requisite_main, name="requisite_main"),
    path(f"{ONE}accounts/add/", views.account_add, name="requisite_account_add"),
    path(
        f"{ONE}accounts/<int:account_id>/delete/",
        views.account_delete,
        name="requisite_account_delete",
    ),
    path("crm/settings/own-companies/", views.own_companies, name="crm_own_companies"),
]
