"""`manage.py database_role`: what the portal's own role may do in the owner's database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from staff.services.database_role import RoleRefused, separate


class Command(BaseCommand):
    """`prepare` calls it after the migrations where SVOD_ROLE is `owner`."""

    help = "Grant the portal's role its rights: all but changing the audit log. Run as the owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default=settings.DATABASE_APP_ROLE)

    def handle(self, **options: Any) -> None:
        if not options["role"]:
            raise CommandError("Say which role: --role, or SVOD_ROLE=owner with two addresses.")
        try:
            separate(options["role"])
        except RoleRefused as error:
            raise CommandError(str(error)) from error
