"""`manage.py rotate_secrets`: seal every secret with the first key of SVOD_SECRET_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError

from lists_core.selectors.secrets import Store
from lists_core.services.secrets import Rotation, rotate_secrets
from svod.base import vault
from svod.base.vault import VaultError


class Command(BaseCommand):
    """People may go on working, and a stopped rotation is finished by the next one."""

    help = "Encrypt all secrets with the first key; afterwards the other keys may be removed."

    def handle(self, **options: Any) -> None:
        try:
            key = vault.ring().current
        except VaultError as error:
            raise CommandError(str(error)) from None
        total = rotate_secrets(self.tell)
        self.stdout.write(f"Key {key}: {words(total)}.")
        if total.failed:
            raise CommandError(
                f"{total.failed} secrets do not open with any key. They were left as they are."
            )

    def tell(self, store: Store, done: Rotation) -> None:
        self.stdout.write(f"List {store.list_id}, {store.column}: {words(done)}")
        self.stdout.flush()


def words(done: Rotation) -> str:
    return f"{done.rotated} encrypted anew, {done.current} had the key, {done.failed} failed"
