"""What upper apps show beside the form of a new element while it is being filled.

    form_aids.register(FormAid("crm.contact", partial(reverse, "crm_look_alikes")))

The form posts what is typed so far to the address and shows the part that comes back; an empty
answer shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lists_core.models import List
from svod.base.registry import Registry


@dataclass(frozen=True)
class FormAid:
    """`slug` is the `system` of the list whose forms it helps."""

    slug: str
    url: Callable[[], str]


form_aids: Registry[FormAid] = Registry("form aid")


def aid_of(list_: List) -> str:
    """The address of the list's aid; "" when it has none."""
    return form_aids.get(list_.system).url() if list_.system in form_aids else ""
