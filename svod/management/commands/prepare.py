"""`manage.py prepare`: bring the database to the code's shape, and fill an empty one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandParser, call_command, get_commands


class Command(BaseCommand):
    """Migrations first; the demo portal only where nobody has an account yet."""

    help = "Apply migrations and, in an empty portal outside production, load the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="leave an empty portal empty")

    def handle(self, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if self.wants_demo(no_demo=options["no_demo"]):
            self.stdout.write("The portal is empty: loading the demo.")
            call_command("load_demo")

    def wants_demo(self, *, no_demo: bool) -> bool:
        if no_demo or settings.PRODUCTION or "load_demo" not in get_commands():
            return False
        return not get_user_model().objects.filter(is_active=True, is_superuser=True).exists()
