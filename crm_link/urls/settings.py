"""The settings of CRM."""

from django.urls import URLPattern, path

from crm_link.views import catalogue, duplicate_rules, roles

urlpatterns: list[URLPattern] = [
    path("products/", catalogue.catalogue, name="crm_catalogue"),
    path("duplicates/", duplicate_rules.settings, name="crm_duplicates_settings"),
    path("roles/", roles.roles, name="crm_roles"),
    path("roles/add/", roles.role_add, name="crm_role_add"),
    path("roles/ready/", roles.roles_ready, name="crm_roles_ready"),
    path("roles/<int:role_id>/", roles.role_edit, name="crm_role"),
    path("roles/<int:role_id>/delete/", roles.role_delete, name="crm_role_delete"),
]
