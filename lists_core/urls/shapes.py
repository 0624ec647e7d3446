"""A list as a board and in a calendar."""

from django.urls import URLPattern, path

from lists_core.views import board, calendar

KANBAN = "lists/<int:list_id>/kanban/"
CALENDAR = "lists/<int:list_id>/calendar/"

urlpatterns: list[URLPattern] = [
    path(KANBAN, board.board, name="list_kanban"),
    path(KANBAN + "more/", board.more, name="list_kanban_more"),
    path(KANBAN + "add/", board.add, name="list_kanban_add"),
    path(KANBAN + "fields/", board.fields, name="list_kanban_fields"),
    path(KANBAN + "cards/<int:element_id>/move/", board.move, name="list_kanban_move"),
    path(CALENDAR, calendar.calendar, name="list_calendar"),
    path(CALENDAR + "events/", calendar.events, name="list_calendar_events"),
    path(CALENDAR + "days/<int:element_id>/", calendar.move, name="list_calendar_move"),
]
