"""Documents that a booking asks for, made after it was committed and once each."""

from __future__ import annotations

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from crm_link.models import Booking
from lists_core.services.elements import Changed
from svod.base.errors import DomainError
from workflows.models import DocumentTemplate
from workflows.services.documents import Wanted, make

log = structlog.get_logger(__name__)
PAPERS = Booking.Papers
AT_ONCE = 100


def make_papers() -> int:
    """Make what is due; returns how many bookings were served.

    The key of each document is its booking's: a worker that dies repeats nothing.
    """
    due = Booking.objects.filter(papers=PAPERS.DUE).select_related(
        "rule__link", "rule__documents_field", "booked_by"
    )
    return sum(map(_serve, due[:AT_ONCE]))


def _serve(booking: Booking) -> bool:
    """False leaves it to the next time: somebody was just saving the deal."""
    with translation.override(booking.booked_by.language if booking.booked_by else "ru"):
        try:
            made = [_made(booking, one) for one in booking.rule.documents.filter(deleted_at=None)]
        except Changed:
            return False
    told = "\n".join(filter(None, made))
    state = PAPERS.FAILED if told else PAPERS.DONE
    rows = Booking.objects.filter(pk=booking.pk)
    return bool(rows.update(papers=state, papers_error=told))


def _made(booking: Booking, template: DocumentTemplate) -> str:
    """Make one document; returns why it could not be made, or "". Raises Changed.

    Whatever goes wrong with one, say a file that storage has lost, holds up no other.
    """
    actor = booking.booked_by
    if actor is None:
        return ""
    place = _place(booking, template)
    key = f"booking:{booking.pk}:{template.pk}"
    try:
        make(template, place, actor, wanted=Wanted(field=_field(booking, place)), key=key)
    except Changed:
        raise
    except DomainError as error:
        return f"{template.name}: {error}"
    except Exception:
        log.exception("paper_not_made", booking=booking.pk, template=template.pk)
        return f"{template.name}: {_('Something went wrong.')}"
    return ""


def _place(booking: Booking, template: DocumentTemplate) -> tuple[int, int]:
    """Templates of the objects' list are filled from the object, all others from the deal."""
    rule = booking.rule
    if template.list_id == rule.target_id:
        return rule.target_id, booking.element_id
    return rule.link.list_id, booking.deal_id


def _field(booking: Booking, place: tuple[int, int]) -> str:
    field = booking.rule.documents_field
    return field.code if field and field.list_id == place[0] and not field.deleted_at else ""
