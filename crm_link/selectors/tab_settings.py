"""How administrators arranged the tabs of a kind's cards."""

from __future__ import annotations

from crm_link.kinds import Kind
from crm_link.models import CardTabSetting

#: The place of tabs that nobody has placed: behind the others.
UNPLACED = 100_000


def settings_of(kind: Kind) -> dict[str, CardTabSetting]:
    """Slug of the tab → its setting. One query."""
    return {one.tab: one for one in CardTabSetting.objects.filter(kind=kind.slug)}
