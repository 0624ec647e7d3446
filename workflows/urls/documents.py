"""Document templates and their test fills; the documents of an element."""

from django.urls import URLPattern, URLResolver, path

from workflows.views import documents, element_documents

ONE = "documents/<int:template_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("documents/", documents.document_templates, name="document_templates"),
    path("documents/add/", documents.document_template_add, name="document_template_add"),
    path("documents/sample/", documents.document_sample, name="document_sample"),
    path(f"{ONE}/", documents.document_template, name="document_template"),
    path(f"{ONE}/edit/", documents.document_template_edit, name="document_template_edit"),
    path(f"{ONE}/fill/", documents.document_template_fill, name="document_template_fill"),
    path(f"{ONE}/replace/", documents.document_template_replace, name="document_template_replace"),
    path(f"{ONE}/delete/", documents.document_template_delete, name="document_template_delete"),
    path(
        f"{ONE}/versions/<int:number>/restore/",
        documents.document_version_restore,
        name="document_version_restore",
    ),
    path(
        "lists/<int:list_id>/elements/<int:element_id>/documents/",
        element_documents.element_documents,
        name="element_documents",
    ),
]
