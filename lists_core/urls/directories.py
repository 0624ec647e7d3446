"""Where values are used in other lists, and replacing one by another."""

from django.urls import URLPattern, path

from lists_core.views import directories, files_suggest

LIST = "lists/<int:list_id>"
ELEMENT = f"{LIST}/elements/<int:element_id>"
SECTION = f"{LIST}/sections/<int:section_id>"

urlpatterns: list[URLPattern] = [
    path(f"{LIST}/uses/", directories.list_uses, name="list_uses"),
    path(f"{LIST}/elements/quick/", files_suggest.element_quick_add, name="element_quick_add"),
    path(f"{ELEMENT}/uses/", directories.element_uses, name="element_uses"),
    path(f"{ELEMENT}/replace/", directories.element_replace, name="element_replace"),
    path(f"{SECTION}/uses/", directories.section_uses, name="section_uses"),
    path(f"{SECTION}/replace/", directories.section_replace, name="section_replace"),
]
