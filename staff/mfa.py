"""Second factors: what of django-allauth is kept for a person, and whether a code fits.

allauth gives the stored rows (Authenticator), the arithmetic of TOTP and recovery codes and the
WebAuthn ceremony; pages, limits and the refusal of a code used before are ours.
"""

from __future__ import annotations

import base64
import hashlib
from hmac import compare_digest
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from staff.models import Employee

Kind = Authenticator.Type
# Recovery codes are no factor of their own: they stand in for a lost one.
FACTORS = (Kind.TOTP, Kind.WEBAUTHN)
PRODUCT = "Svod"


class Adapter(DefaultMFAAdapter):
    """Seeds lie encrypted in the database; apps and browsers are told the product's name."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return PRODUCT


def _box() -> MultiFernet:
    """Encrypts by SECRET_KEY and still opens what an earlier one (the fallbacks) closed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashes = [hashlib.sha256(b"staff.mfa:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(value)) for value in hashes])


def factors(person: Employee) -> QuerySet[Any]:
    """The app and the passkeys of a person, oldest first."""
    return Authenticator.objects.filter(user=person, type__in=FACTORS).order_by("pk")


def has_factor(person: Employee) -> bool:
    return factors(person).exists()


def find(person: Employee, kind: str) -> Any:
    """The person's app or recovery codes, or None."""
    return Authenticator.objects.filter(user=person, type=kind).first()


def must_have_factor(person: Employee) -> bool:
    """What SVOD_SECOND_FACTOR asks of this person."""
    asked = {"everyone": True, "administrators": person.is_superuser}
    return asked.get(settings.SECOND_FACTOR, False)


@transaction.atomic
def code_fits(person: Employee, typed: str) -> bool:
    """Is it the app's code of now or a recovery code, not used before? Either is then used up."""
    code = "".join(typed.split()).replace("-", "")
    return app_code_fits(person, code) or _recovery_code_fits(person, code)


@transaction.atomic
def app_code_fits(person: Employee, code: str) -> bool:
    own = Authenticator.objects.select_for_update().filter(user=person, type=Kind.TOTP)
    row = own.first()
    counter = matching_counter(decrypt(row.data["secret"]), code) if row else None
    # A code seen over the shoulder is worth nothing, nor is one older than the last used.
    if row is None or counter is None or counter <= row.data.get("used", 0):
        return False
    row.data["used"] = counter
    row.last_used_at = timezone.now()
    row.save(update_fields=["data", "last_used_at"])
    return True


def matching_counter(secret: str, code: str) -> int | None:
    """The half-minute since 1970 that this code belongs to, if it is one of now."""
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if compare_digest(expected.encode(), code.encode()):
            return counter
    return None


def _recovery_code_fits(person: Employee, code: str) -> bool:
    row = find(person, Kind.RECOVERY_CODES)
    if row is None or not row.wrap().validate_code(code):
        return False
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=timezone.now())
    return True
