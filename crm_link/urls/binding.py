"""What binding fields ask."""

from django.urls import URLPattern, path

from crm_link.views import suggest

urlpatterns: list[URLPattern] = [
    path("suggest/", suggest.suggest, name="crm_suggest"),
]
