"""Every address of this app, from the resolver: who is let in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from staff import selectors
from staff.urls import urlpatterns
from svod.base.errors import NotFound

OPEN = {
    "sign_in", "password_reset", "password_reset_sent", "password_set", "set_language",
    "sign_in_passkey", "sign_in_sso", "openid_connect_callback",
}  # fmt: skip
ADMINISTRATORS = {
    "employee_add", "employee_edit", "employee_invite", "employee_activity", "department_add",
    "department_edit", "department_move", "department_shift", "department_delete",
    "employee_security", "employee_second_factors_off", "employee_sessions_off",
    "employee_look_as",
}  # fmt: skip
SAMPLES = {"size": "photo", "mark": "x", "uidb64": "MQ", "token": "x", "provider_id": "oidc"}


def address(pattern, world):
    names = pattern.pattern.converters
    kwargs = {name: SAMPLES.get(name) for name in names}
    if "pk" in names:
        department = pattern.name.startswith("department")
        kwargs["pk"] = world.law.pk if department else world.boris.pk
    return reverse(pattern.name, kwargs=kwargs)


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_anonymous_go_to_sign_in(client, world, pattern, method):
    response = getattr(client, method)(address(pattern, world))
    asked_to_sign_in = response.headers.get("Location", "").startswith(reverse("sign_in"))
    if pattern.name in OPEN:
        # Single sign-on is 404 until it is configured.
        assert response.status_code in {200, 302, 404, 405, 422}
        assert not asked_to_sign_in
    else:
        # Signing out by GET is refused to everybody.
        assert asked_to_sign_in or (pattern.name, response.status_code) == ("sign_out", 405)


@pytest.mark.parametrize("name", sorted(ADMINISTRATORS))
def test_employees_do_not_reach_pages_of_administrators(client, world, name):
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    client.force_login(world.anna)
    answers = {client.get(address(pattern, world)).status_code,
               client.post(address(pattern, world), {"name": "X"}).status_code}  # fmt: skip
    assert answers <= {403, 405}
    assert 403 in answers


def test_the_anonymous_have_no_rights(world):
    assert not selectors.is_administrator(AnonymousUser())
    with pytest.raises(NotFound):
        selectors.access_department(AnonymousUser(), world.law.pk)


@pytest.mark.parametrize("model", ["employee", "department"])
@pytest.mark.parametrize("kind", ["changelist", "add", "change"])
def test_admin_pages_open(client, world, model, kind):
    client.force_login(world.admin)
    args = [{"employee": world.anna, "department": world.sales}[model].pk] * (kind == "change")
    url = reverse(f"admin:staff_{model}_{kind}", args=args)
    response = client.get(url, {"q": "a"} if kind == "changelist" else {})
    assert response.status_code == 200


def test_the_admin_keeps_groups_and_sessions(client, world):
    browser = Client()
    browser.force_login(world.anna)
    client.force_login(world.admin)
    data = {
        "username": world.anna.username, "email": world.anna.email, "department": world.law.pk,
        "time_zone": "Europe/Moscow", "language": "ru", "theme": "auto",
    }  # fmt: skip
    response = client.post(reverse("admin:staff_employee_change", args=[world.anna.pk]), data)
    assert response.status_code == 302
    world.anna.refresh_from_db()
    world.law.refresh_from_db()
    assert not world.anna.is_active
    assert world.law.group in world.anna.groups.all()
    assert browser.get(reverse("profile")).status_code == 302
