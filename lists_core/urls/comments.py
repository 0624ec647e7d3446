"""Comments on elements."""

from django.urls import URLPattern, path

from lists_core.views import comments

ELEMENT = "lists/<int:list_id>/elements/<int:element_id>/comments"

urlpatterns: list[URLPattern] = [
    path(f"{ELEMENT}/", comments.element_comments, name="element_comments"),
    path(f"{ELEMENT}/people/", comments.comment_people, name="comment_people"),
    path(f"{ELEMENT}/<int:comment_id>/edit/", comments.comment_edit, name="comment_edit"),
    path(f"{ELEMENT}/<int:comment_id>/delete/", comments.comment_delete, name="comment_delete"),
]
