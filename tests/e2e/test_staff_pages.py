"""Security, groups and the audit log at a desk by day and on a phone by night: axe finds nothing
and nothing is cut off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from lists_core.access import ROLES
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.services.employee_groups import change_members, create_group
from staff.subjects import EVERYONE
from tests.e2e.conftest import SignIn, settled

pytestmark = pytest.mark.django_db(transaction=True)
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def test_security_groups_and_the_audit_log_pass_axe(
    page: Page, portal: str, employee: Employee, sign_in: SignIn, axe: Callable[..., None]
) -> None:
    Employee.objects.filter(pk=employee.pk).update(is_superuser=True, is_staff=True)
    employee.refresh_from_db()
    group = create_group(actor=employee, name="Комиссия", description="Смотрит договоры")
    change_members(group, actor=employee, add=[employee])
    made = create_list(actor=employee, name="Договоры")
    set_list_rights(made.pk, {EVERYONE: ROLES["view"][1]}, actor=employee)
    sign_in(page, employee)
    names = ("security", "profile", "groups", "group_add", "audit")
    pages = [reverse(name) for name in names]
    pages += [reverse("group", args=[group.pk]), reverse("employee", args=[employee.pk])]
    for address in pages:
        page.goto(portal + address)
        for size, scheme in ((DESK, "light"), (PHONE, "dark")):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            settled(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
            axe(page)
    told = page.request.get(portal + reverse("audit")).text()
    assert "Изменены права на список" in told
    assert "Договоры" in told
