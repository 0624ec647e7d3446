"""`manage.py check_access [--repair]`: compare what is derived from the rights with the grants."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from lists_core.models import List
from lists_core.services.rights_check import faults_of, repair


class Command(BaseCommand):
    """Exit code 1 when something differs and was not repaired. Lists of the bin count."""

    help = "Check that who may read each element is what the granted rights say."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="mend what differs")

    def handle(self, **options: Any) -> None:
        wrong = 0
        for list_ in List.objects.order_by("pk"):
            faults = repair(list_) if options["repair"] else faults_of(list_)
            wrong += bool(faults)
            self.stdout.write(
                f"{list_.pk} {list_.name}: readers {faults.readers}, grants {faults.strayed},"
                f" registry {faults.registry}"
            )
        if wrong and not options["repair"]:
            raise CommandError(f"Lists that differ: {wrong}. Mend them with --repair.")
        self.stdout.write(f"Mended lists: {wrong}." if options["repair"] else "All is well.")
