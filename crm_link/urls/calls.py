"""The log of calls."""

from django.urls import URLPattern, path

from crm_link.views import calls

urlpatterns: list[URLPattern] = [
    path("calls/", calls.calls, name="crm_calls"),
    path("calls/<int:call_id>/item/", calls.call_place, name="crm_call_place"),
]
