"""Documents that processes and people made and put on the Disk, told beside the file."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lists_core.models import DiskFile
from lists_core.selectors.across import names_across
from lists_core.selectors.disk_uses import SHOWN, DiskUser, Place, disk_users, kept_by
from staff.models import Employee
from workflows.models import MadeDocument


@disk_users.register
class Documents(DiskUser):
    """A document shows to those who see the element that it was made of."""

    slug = "made_document"
    label = _("Made documents")
    icon = "file-text"

    def places(self, actor: Employee, file: DiskFile) -> Sequence[Place]:
        of_file = Q(disk_file=file) | Q(file__in=kept_by(file))
        rows = MadeDocument.objects.filter(of_file, element__isnull=False)
        rows = rows.select_related("version__template", "element").order_by("-pk")
        made = list(rows[: 10 * SHOWN])
        wanted: dict[int, set[int]] = {}
        for one in made:
            if one.element:
                wanted.setdefault(one.element.list_id, set()).add(one.element.pk)
        names = names_across(actor, wanted)
        return [
            Place(names[key], reverse("element", args=key), one.version.template.name)
            for one in made
            if one.element and (key := (one.element.list_id, one.element.pk)) in names
        ][: SHOWN + 1]
