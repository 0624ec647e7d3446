"""Quick replies: in conversations, and of lines."""

from django.urls import URLPattern, path

from openlines.views import replies, reply_lists

TALK, LINE = "<int:conversation_id>", "lines/<int:line_id>"

urlpatterns: list[URLPattern] = [
    path("replies/statistics/", reply_lists.statistics, name="chat_reply_statistics"),
    path(f"{LINE}/replies/", reply_lists.line_replies, name="chat_line_replies"),
    path(f"{LINE}/replies/create/", reply_lists.create, name="chat_line_replies_create"),
    path(f"{LINE}/replies/choose/", reply_lists.choose, name="chat_line_replies_choose"),
    path(f"{LINE}/replies/off/", reply_lists.take_off, name="chat_line_replies_off"),
    path(f"{TALK}/replies/", replies.search, name="chat_replies"),
    path(f"{TALK}/replies/suggestions/", replies.suggestions, name="chat_reply_suggestions"),
    path(f"{TALK}/replies/save/<int:seq>/", replies.save, name="chat_reply_save"),
]
