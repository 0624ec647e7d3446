"""The WebAuthn ceremony: what the browser is asked, and whether its answer proves a person.

allauth keeps the challenge in the session; each is good for one answer.
"""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse

from staff.lockout import guess
from staff.models import Employee
from svod.base.errors import Invalid


def question(person: Employee | None) -> JsonResponse:
    """Options for `navigator.credentials.get`; without a person any passkey may answer."""
    return JsonResponse(webauthn.begin_authentication(person))


def invitation(person: Employee) -> JsonResponse:
    """Options for `navigator.credentials.create`: a key that also signs in without a name."""
    return JsonResponse(webauthn.begin_registration(person, passwordless=True))


def answered(request: HttpRequest) -> dict[str, Any]:
    """The browser's answer from the form field `credential`; Invalid when it is none."""
    try:
        answer = json.loads(request.POST.get("credential", ""))
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Invalid({})
    return answer


def accept(answer: dict[str, Any]) -> dict[str, Any]:
    """The new credential, if it answers the question that was asked; else Invalid."""
    try:
        webauthn.parse_registration_response(answer)
        webauthn.complete_registration(answer)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise Invalid({}) from error
    return answer


def owner(answer: dict[str, Any]) -> Employee | None:
    """Whose key the answer says it is: to be proven by `proves`."""
    try:
        person = webauthn.extract_user_from_response(answer)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
    return person if isinstance(person, Employee) and person.is_active else None


def proves(request: HttpRequest, person: Employee, answer: dict[str, Any]) -> bool:
    """Does the answer come from a key of this person? Failures count as guesses do."""
    return guess(request, person, lambda: _complete(person, answer))


def _complete(person: Employee, answer: dict[str, Any]) -> bool:
    try:
        webauthn.parse_authentication_response(answer)
        webauthn.complete_authentication(person, answer).record_usage()
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        return False
    finally:
        webauthn.clear_state()
    return True
