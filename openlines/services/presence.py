"""Who sits at a desk now."""

from __future__ import annotations

from django.utils import timezone

from openlines.models import LineMember
from staff.models import Employee


def seen(*, actor: Employee) -> None:
    """The actor's desk is open; told every 30 seconds."""
    LineMember.objects.filter(employee=actor).update(seen_at=timezone.now())


def pause(*, actor: Employee, paused: bool) -> None:
    """Get nothing more from the queue, or get it again."""
    LineMember.objects.filter(employee=actor).update(is_paused=paused)
