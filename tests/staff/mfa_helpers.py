"""What tests of second factors share: an app with codes, in this process."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.utils import timezone

from staff.models import Employee

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_app(person: Employee) -> None:
    """An app that was switched on some time ago, and recovery codes."""
    TOTP.activate(person, SEED)
    RecoveryCodes.activate(person)


def code(*, steps: int = 0) -> str:
    """What the app shows now, or so many half-minutes later."""
    counter = int(timezone.now().timestamp()) // 30 + steps
    return format_hotp_value(hotp_value(SEED, counter))


def wrong_code() -> str:
    """Six digits that are the code of no half-minute near now."""
    near = {code(steps=steps) for steps in range(-3, 4)}
    return next(sign * 6 for sign in "0123456789" if sign * 6 not in near)


def recovery_codes(person: Employee) -> list[str]:
    row = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    return row.wrap().get_unused_codes()
