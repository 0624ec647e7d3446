"""Addresses of the chat desk, of lines, and those that customers' programs call."""

from django.urls import URLPattern, URLResolver, path

from openlines.views import desk

urlpatterns: list[URLPattern | URLResolver] = [
    path("chat/", desk.desk, name="chat"),
    path("chat/<int:conversation_id>/", desk.conversation, name="chat_conversation"),
]
