"""Sign-in by e-mail or by login."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.http import HttpRequest

from staff.models import Employee


class EmployeeBackend(ModelBackend):
    """Finds the employee by either name, whatever its case, and checks the password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Employee | None:
        if not username or password is None:
            return None
        employee = find(username)
        if employee is None:
            # The same work as for a known name, so that time tells nothing.
            make_password(password)
            return None
        fits = employee.check_password(password)
        return employee if fits and self.user_can_authenticate(employee) else None


def find(name: str) -> Employee | None:
    """The employee with this e-mail or, failing that, this login."""
    if "\0" in name:
        return None
    found = list(Employee.objects.filter(Q(email__iexact=name) | Q(username__iexact=name))[:2])
    found.sort(key=lambda employee: employee.email.lower() != name.lower())
    return found[0] if found else None
