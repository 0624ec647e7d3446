"""Rules of consolidation among CRM's settings."""

from django.urls import URLPattern, path

from crm_link.views import feed_rules

urlpatterns: list[URLPattern] = [
    path("", feed_rules.feed_rules, name="crm_feed_rules"),
    path("add/", feed_rules.feed_rule_add, name="crm_feed_rule_add"),
    path("<int:rule_id>/", feed_rules.feed_rule, name="crm_feed_rule"),
    path("<int:rule_id>/delete/", feed_rules.feed_rule_delete, name="crm_feed_rule_delete"),
    path("<int:rule_id>/rebuild/", feed_rules.feed_rule_rebuild, name="crm_feed_rule_rebuild"),
    path("<int:rule_id>/again/", feed_rules.feed_rule_again, name="crm_feed_rule_again"),
]
