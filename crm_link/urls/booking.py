"""Bookings: the rules among CRM's settings, and what deals and objects do by them."""

from django.urls import URLPattern, path

from crm_link.views import booking_rules, bookings

RULES = "crm/settings/booking/"
urlpatterns: list[URLPattern] = [
    path(RULES, booking_rules.booking_rules, name="crm_booking_rules"),
    path(f"{RULES}add/", booking_rules.booking_rule_add, name="crm_booking_rule_add"),
    path(f"{RULES}<int:rule_id>/", booking_rules.booking_rule, name="crm_booking_rule"),
    path(
        f"{RULES}<int:rule_id>/delete/",
        booking_rules.booking_rule_delete,
        name="crm_booking_rule_delete",
    ),
    path(
        "crm/booking/<int:rule_id>/<int:element_id>/",
        bookings.booking_choose,
        name="booking_choose",
    ),
    path("crm/booking/<int:rule_id>/book/", bookings.booking_book, name="booking_book"),
    path(
        "lists/<int:list_id>/elements/<int:element_id>/booking/",
        bookings.element_booking,
        name="element_booking",
    ),
    path(
        "lists/<int:list_id>/elements/<int:element_id>/booking/release/",
        bookings.booking_release,
        name="booking_release",
    ),
    path(
        "lists/<int:list_id>/elements/<int:element_id>/booking/papers/",
        bookings.booking_papers,
        name="booking_papers",
    ),
]
