"""`manage.py demo_sign_in`: the demo's name and password, as long as they open the portal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand


class Command(BaseCommand):
    """Prints nothing when the demo was not loaded or its password was changed."""

    help = "Print the demo's sign-in while it is valid."

    def handle(self, **options: Any) -> None:
        person = get_user_model().objects.filter(username=settings.DEMO_LOGIN).first()
        if person and person.is_active and person.check_password(settings.DEMO_PASSWORD):
            self.stdout.write(f"{settings.DEMO_LOGIN} / {settings.DEMO_PASSWORD}")
