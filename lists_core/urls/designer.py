"""The start page, list settings, fields and the bin."""

from django.urls import URLPattern, path

from lists_core.views import designer_fields, designer_lists, designer_types, indexes

LIST = "lists/<int:list_id>"
FIELD = f"{LIST}/fields/<int:field_id>"

urlpatterns: list[URLPattern] = [
    path("", designer_lists.home, name="home"),
    path("lists/add/", designer_lists.list_add, name="list_add"),
    path("lists/bin/", designer_lists.lists_bin, name="lists_bin"),
    path(f"{LIST}/favourite/", designer_lists.favourite, name="list_favourite"),
    path(f"{LIST}/settings/", designer_lists.list_settings, name="list_settings"),
    path(f"{LIST}/indexes/", indexes.list_indexes, name="list_indexes"),
    path(f"{LIST}/indexes/<int:index_id>/", indexes.index_change, name="index_change"),
    path(f"{LIST}/copy/", designer_lists.list_copy, name="list_copy"),
    path(f"{LIST}/delete/", designer_lists.list_delete, name="list_delete"),
    path(f"{LIST}/restore/", designer_lists.list_restore, name="list_restore"),
    path(f"{LIST}/purge/", designer_lists.list_purge, name="list_purge"),
    path(f"{LIST}/fields/", designer_fields.list_fields, name="list_fields"),
    path(f"{LIST}/fields/sort/", designer_fields.fields_sort, name="fields_sort"),
    path(f"{LIST}/fields/add/", designer_fields.field_add, name="field_add"),
    path(f"{LIST}/fields/draft/", designer_fields.field_draft, name="field_draft"),
    path(f"{FIELD}/", designer_fields.field_edit, name="field_edit"),
    path(f"{FIELD}/draft/", designer_fields.field_draft, name="field_edit_draft"),
    path(f"{FIELD}/delete/", designer_fields.field_delete, name="field_delete"),
    path(f"{FIELD}/restore/", designer_fields.field_restore, name="field_restore"),
    path(f"{FIELD}/purge/", designer_fields.field_purge, name="field_purge"),
    path(f"{FIELD}/type/", designer_types.field_type, name="field_type"),
    path(
        f"{FIELD}/type/<uuid:job_id>/",
        designer_types.field_type_preview,
        name="field_type_preview",
    ),
    path(
        f"{FIELD}/type/<uuid:job_id>/apply/",
        designer_types.field_type_apply,
        name="field_type_apply",
    ),
    path(
        f"{LIST}/type-changes/<int:change_id>/confirm/",
        designer_types.type_change_confirm,
        name="type_change_confirm",
    ),
    path(
        f"{LIST}/type-changes/<int:change_id>/undo/",
        designer_types.type_change_undo,
        name="type_change_undo",
    ),
]
