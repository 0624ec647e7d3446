"""News of an item are closed to whoever may not see it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from staff.notification_guards import closed_urls
from tests.crm_link.crm_world import item

pytestmark = pytest.mark.django_db


def test_news_of_items_are_closed_to_strangers(admin, employee):
    row = item("deal", admin)
    urls = {f"/crm/deal/{row.pk}/", "/crm/deal/list/", "/tasks/"}
    assert closed_urls(admin, urls) == set()
    assert closed_urls(employee, urls) == urls - {"/tasks/"}
    assert closed_urls(admin, [f"/crm/lead/{row.pk}/"]) == {f"/crm/lead/{row.pk}/"}


def test_news_of_settings_are_closed_to_who_manages_crm_no_longer(admin, employee):
    names = ("crm_web_forms", "crm_telephony", "crm_feed_rules")
    urls = {reverse(name) for name in names}
    assert closed_urls(admin, urls) == set()
    assert closed_urls(employee, urls) == urls
