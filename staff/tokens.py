"""Tokens in links that set a password."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator


class PasswordTokenGenerator(PasswordResetTokenGenerator):
    """Django's token, which also dies with deactivation and with "sign out everywhere"."""

    key_salt = "staff.password"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        epoch = getattr(user, "session_epoch", 0)
        return f"{super()._make_hash_value(user, timestamp)}:{epoch}:{user.is_active}"


password_tokens = PasswordTokenGenerator()
