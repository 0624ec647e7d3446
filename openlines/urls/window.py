"""The chat window of web sites: public, known by its token."""

from django.urls import URLPattern, path, register_converter

from openlines.views import window


class DeedConverter:
    """What a visitor's window tells."""

    regex = "read|typing|introduce|vote|stream"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DeedConverter, "window_deed")

urlpatterns: list[URLPattern] = [
    path("live/", window.live, name="chat_window_live"),
    path("<str:token>/chat.js", window.script, name="chat_window_script"),
    path("<str:token>/", window.frame, name="chat_window"),
    path("<str:token>/messages/", window.messages, name="chat_window_messages"),
    path("<str:token>/<window_deed:what>/", window.deed, name="chat_window_deed"),
    path("<str:token>/files/<int:attachment_id>/", window.file, name="chat_window_file"),
]
