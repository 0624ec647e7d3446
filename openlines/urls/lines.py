"""Lines, their people and channels; what supervisors watch."""

from django.urls import URLPattern, path

from openlines.views import channels, lines, members, supervision

LINE = "<int:line_id>"
CHANNEL = f"{LINE}/channels/<int:channel_id>"
MEMBER = f"{LINE}/people/<int:member_id>"

urlpatterns: list[URLPattern] = [
    path("", lines.lines, name="chat_lines"),
    path("add/", lines.line_add, name="chat_line_add"),
    path("pause/", supervision.pause, name="chat_pause"),
    path(f"{LINE}/", lines.line, name="chat_line"),
    path(f"{LINE}/hours/", lines.line_hours, name="chat_line_hours"),
    path(f"{LINE}/delete/", lines.line_delete, name="chat_line_delete"),
    path(f"{LINE}/restore/", lines.line_restore, name="chat_line_restore"),
    path(f"{LINE}/people/", members.members, name="chat_line_people"),
    path(f"{LINE}/people/order/", members.order, name="chat_line_people_order"),
    path(f"{MEMBER}/role/", members.role, name="chat_line_role"),
    path(f"{MEMBER}/pause/", members.pause, name="chat_line_pause"),
    path(f"{MEMBER}/remove/", members.remove, name="chat_line_remove"),
    path(f"{LINE}/channels/", channels.channels, name="chat_channels"),
    path(f"{LINE}/channels/add/<str:kind>/", channels.channel_add, name="chat_channel_add"),
    path(f"{CHANNEL}/", channels.channel, name="chat_channel"),
    path(f"{CHANNEL}/switch/", channels.channel_switch, name="chat_channel_switch"),
    path(f"{CHANNEL}/address/", channels.channel_address, name="chat_channel_address"),
    path(f"{CHANNEL}/delete/", channels.channel_delete, name="chat_channel_delete"),
    path(f"{CHANNEL}/preview/", channels.channel_preview, name="chat_channel_preview"),
    path(f"{LINE}/now/", supervision.now, name="chat_line_now"),
    path(f"{LINE}/statistics/", supervision.statistics, name="chat_line_statistics"),
    path(f"{LINE}/statistics/table/", supervision.table, name="chat_line_table"),
]
