"""Where people are signed in: what the session table itself does not tell."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import models

# Marks in a User-Agent and what people call it; the first that fits wins, for most name others too.
BROWSERS = {
    "YaBrowser/": "Yandex Browser", "Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox",
    "Chrome/": "Chrome", "Safari/": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
    "Mac OS X": "macOS", "Linux": "Linux",
}  # fmt: skip


def first_of(names: dict[str, str], agent: str) -> str:
    return next((name for mark, name in names.items() if mark in agent), "")


class SessionInfo(models.Model):
    """One sign-in of a person. It lives and dies with its row of django_session.

    `browser` is the User-Agent as sent. The id is for addresses: the session's key is a secret.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="info")
    employee = models.ForeignKey(
        "staff.Employee", on_delete=models.CASCADE, related_name="session_infos"
    )
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.browser}"

    @property
    def name(self) -> str:
        """The browser and the system for people, as far as they are known: "Firefox, Linux"."""
        return ", ".join(
            filter(None, (first_of(BROWSERS, self.browser), first_of(SYSTEMS, self.browser)))
        )
