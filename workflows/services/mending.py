"""The same deed done to many instances: each by itself, so that one refusal stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.services.bulk import BulkReport
from staff.models import Employee
from svod.base.errors import DomainError
from workflows.services import instances

Deed = Callable[..., None]
DEEDS: dict[str, tuple[Deed, str | Promise]] = {
    "retry": (instances.retry, _("Try again")),
    "skip": (instances.skip, _("Skip the step")),
    "suspend": (instances.suspend, _("Suspend")),
    "resume": (instances.resume, _("Resume")),
    "cancel": (instances.cancel, _("Cancel the process")),
}


def mend_many(ids: Sequence[int], deed: str, *, actor: Employee) -> BulkReport:
    """Do it where it can be done; the others are told with the reason."""
    act = DEEDS[deed][0]
    report = BulkReport()
    for instance_id in ids:
        try:
            with transaction.atomic():
                act(instance_id, actor=actor)
        except DomainError as error:
            report += BulkReport(skipped=1, problems={str(instance_id): str(error)})
        else:
            report += BulkReport(changed=1)
    return report
