"""Tokens in links that set a password."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from staff.models import Employee


class PasswordTokenGenerator(PasswordResetTokenGenerator):
    """Django's token, which also dies with deactivation and with "sign out everywhere"."""

    key_salt = "staff.password"

    def _make_hash_value(self, user: Employee, timestamp: int) -> str:
        mark = f"{user.session_epoch}:{user.is_active}"
        return f"{super()._make_hash_value(user, timestamp)}:{mark}"


password_tokens = PasswordTokenGenerator()
