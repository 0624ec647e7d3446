"""The demo's CRM: loaded whole, and once."""

from __future__ import annotations

import pytest
from django.utils import translation

from crm_link.demo.items import DEALS, LEADS
from crm_link.demo.portal import load
from lists_core.models import Element
from staff.demo import load_people

pytestmark = pytest.mark.django_db


def test_it_is_whole_and_loads_once(lists):
    people = load_people()
    with translation.override("ru"):
        load(people["admin"], people)
        counts = {slug: Element.objects.filter(list=row).count() for slug, row in lists.items()}
        assert counts["deal"] >= len(DEALS)
        assert counts["lead"] >= len(LEADS)
        before = Element.objects.count()
        load(people["admin"], people)
    assert Element.objects.count() == before
