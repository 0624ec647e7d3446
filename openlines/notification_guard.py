"""News of a conversation are closed to whoever sees it no longer."""

from __future__ import annotations

import re
from collections.abc import Collection

from openlines.selectors.desk import visible_conversations
from staff.models import Employee
from staff.notification_guards import NotificationGuard, notification_guards

ADDRESS = re.compile(r"\A/chat/(\d{1,18})/")


def closed(person: Employee, urls: Collection[str]) -> set[str]:
    """Those of the conversations' addresses that the person may not open. One query."""
    asked = {url: int(found[1]) for url in urls if (found := ADDRESS.match(url))}
    if not asked:
        return set()
    rows = visible_conversations(person).filter(pk__in=asked.values())
    seen = set(rows.values_list("pk", flat=True))
    return {url for url, pk in asked.items() if pk not in seen}


notification_guards.register(NotificationGuard("chat", closed))
