"""What of the card, the reports and the doors of leads goes along when items are merged."""

from __future__ import annotations

from crm_link.merge_movers import MergeMover, merge_movers
from crm_link.models import Activity, Asking, PhoneCall, ProductRow, Submission, TimelineNote
from crm_link.services.products import copy_rows
from staff.models import Employee


@merge_movers.register
class Activities(MergeMover):
    slug = "activities"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        Activity.objects.filter(element=loser).update(element=winner)
        Activity.objects.filter(contact=loser).update(contact=winner)


@merge_movers.register
class Notes(MergeMover):
    slug = "timeline_notes"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        TimelineNote.objects.filter(element=loser).update(element=winner)


@merge_movers.register
class Products(MergeMover):
    """Rows of the main item stay the whole of it: adding others would change its amount. Where
    it has none, it takes those of the other, with their total."""

    slug = "products"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        if not ProductRow.objects.filter(element=winner).exists():
            copy_rows(loser, winner, actor=actor)


@merge_movers.register
class Askings(MergeMover):
    slug = "askings"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        Asking.objects.filter(element=loser).update(element=winner)


@merge_movers.register
class Calls(MergeMover):
    slug = "calls"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        PhoneCall.objects.filter(element=loser).update(element=winner)


@merge_movers.register
class Submissions(MergeMover):
    """A lead came from one message of a form: the main one's stays."""

    slug = "submissions"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        if not Submission.objects.filter(lead=winner).exists():
            Submission.objects.filter(lead=loser).update(lead=winner)
