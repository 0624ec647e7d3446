"""`manage.py load_demo`: people and lists that show what the portal can do."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone, translation

from lists_core.demo.credentials import load_credentials
from lists_core.demo.flights import load_flights
from lists_core.demo.office import load_office
from lists_core.demo.parts import demo_parts
from lists_core.demo.places import load_places
from lists_core.models import Favourite
from staff.demo import load_people
from staff.models import Employee


class Command(BaseCommand):
    """What is there already stays as it is, so it may be run again at any time."""

    help = "Load the demo portal: people, cities, flights, contracts and tasks."

    def handle(self, **options: Any) -> None:
        people = load_people()
        admin = people["admin"]
        with translation.override("ru"), timezone.override(admin.time_zone):
            contracts, tasks = load_office(actor=admin)
            _regions, cities = load_places(actor=admin)
            load_flights(actor=admin)
            load_credentials(actor=admin, people=people)
            for part in demo_parts:
                part.load(admin, people)
        if not Favourite.objects.filter(employee=admin).exists():
            for list_ in (contracts, tasks, cities):
                Favourite.objects.create(employee=admin, list=list_)
        self.stdout.write(f"{Employee.objects.count()} people, lists loaded.")
