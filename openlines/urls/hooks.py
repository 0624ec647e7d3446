"""Where other programs and Telegram bring messages: public, known by a channel's token."""

from django.urls import URLPattern, path

from openlines.views import hooks

urlpatterns: list[URLPattern] = [
    path("in/<str:token>/", hooks.hook, name="chat_hook"),
    path("in/<str:token>/files/<int:attachment_id>/", hooks.hook_file, name="chat_hook_file"),
    path("telegram/<str:token>/", hooks.telegram, name="chat_telegram"),
]
