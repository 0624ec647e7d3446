"""The inbox: tasks, answers, the calendar of deadlines."""

from django.urls import URLPattern, URLResolver, path

from workflows.views import tasks, tasks_answers, tasks_bulk, tasks_calendar

urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/count/", tasks.count, name="tasks_count"),
    path("tasks/bulk/", tasks_bulk.bulk, name="tasks_bulk"),
    path("tasks/calendar/", tasks_calendar.calendar, name="tasks_calendar"),
    path("tasks/calendar/events/", tasks_calendar.events, name="tasks_calendar_events"),
    path("tasks/calendar/address/", tasks_calendar.feed_new, name="calendar_feed_new"),
    path("tasks/calendar/revoke/", tasks_calendar.feed_revoke, name="calendar_feed_revoke"),
    path("calendars/<str:token>.ics", tasks_calendar.feed, name="calendar_feed"),
    path("tasks/<int:task_id>/", tasks.task, name="task"),
    path("tasks/<int:task_id>/answer/", tasks_answers.answer, name="task_answer"),
    path("tasks/<int:task_id>/tick/", tasks_answers.task_tick, name="task_tick"),
    path("tasks/<int:task_id>/delegate/", tasks_answers.task_delegate, name="task_delegate"),
    path("tasks/<int:task_id>/cancel/", tasks_answers.task_cancel, name="task_cancel"),
]
