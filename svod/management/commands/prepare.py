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
        parser.add_argument(
            "--tell-sign-in", action="store_true", help="print the demo's sign-in while it is valid"
        )

    def handle(self, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if settings.DATABASE_APP_ROLE:
            call_command("database_role")
        self.check(databases=["default"])  # do the keys of secret fields open what is kept?
        if self.wants_demo(no_demo=options["no_demo"]):
            self.stdout.write("The portal is empty: loading the demo…")
            self.stdout.flush()
            call_command("load_demo", verbosity=options["verbosity"])
        if options["tell_sign_in"] and demo_opens():
            self.stdout.write(f"sign-in: {settings.DEMO_LOGIN} / {settings.DEMO_PASSWORD}")

    def wants_demo(self, *, no_demo: bool) -> bool:
        if no_demo or settings.PRODUCTION or "load_demo" not in get_commands():
            return False
        return not get_user_model().objects.filter(is_superuser=True).exists()


def demo_opens() -> bool:
    """Does the demo's sign-in still work? Its password may have been changed."""
    if settings.PRODUCTION:
        return False
    person = get_user_model().objects.filter(username=settings.DEMO_LOGIN, is_active=True).first()
    return person is not None and person.check_password(settings.DEMO_PASSWORD)
