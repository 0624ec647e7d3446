"""Activities."""

from django.urls import URLPattern, path

from crm_link.views import activities, activity

ONE = "activities/<int:activity_id>/"

urlpatterns: list[URLPattern] = [
    path("activities/", activities.activities, name="crm_activities"),
    path("activities/count/", activities.count, name="crm_activities_count"),
    path("activities/calendar/", activities.calendar, name="crm_activities_calendar"),
    path("activities/events/", activities.events, name="crm_activities_events"),
    path(
        "<crm_kind:kind>/<int:element_id>/activities/add/",
        activity.activity_add,
        name="crm_activity_add",
    ),
    path(ONE, activity.activity, name="crm_activity"),
    path(f"{ONE}done/", activity.activity_done, name="crm_activity_done"),
    path(f"{ONE}move/", activity.activity_move, name="crm_activity_move"),
    path(f"{ONE}delete/", activity.activity_delete, name="crm_activity_delete"),
]
