"""The operators' desk."""

from django.urls import URLPattern, path

from openlines.views import desk

urlpatterns: list[URLPattern] = [
    path("", desk.desk, name="chat"),
    path("<int:conversation_id>/", desk.conversation, name="chat_conversation"),
]
