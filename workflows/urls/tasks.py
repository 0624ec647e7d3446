"""The inbox: tasks, answers, the calendar of deadlines."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
