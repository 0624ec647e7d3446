"""Where other programs start processes."""

from django.urls import URLPattern, path

from workflows.views import hooks

urlpatterns: list[URLPattern] = [
    path("hooks/<str:token>/", hooks.hook, name="hook"),
]
