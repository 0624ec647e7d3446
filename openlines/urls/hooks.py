"""Where other programs, Telegram and letters lead: public, known by a token or a signature."""

from django.urls import URLPattern, path

from openlines.views import hooks, vote

urlpatterns: list[URLPattern] = [
    path("in/<str:token>/", hooks.hook, name="chat_hook"),
    path("in/<str:token>/files/<int:attachment_id>/", hooks.hook_file, name="chat_hook_file"),
    path("vote/<str:key>/", vote.vote, name="chat_vote"),
    path("telegram/<str:token>/", hooks.telegram, name="chat_telegram"),
]
