"""The shape of `Task.form`, and what a task's answers come to. No database here.

answers     [{"code", "label", "look", "comment", "negative"}]: the buttons; `comment` is
            "may" or "must"
groups      [{"title", "fields": [{"code", "label", "kind", …}]}]: a questionnaire
checklist   [{"text", "done", "by", "at"}], with `strict` all of it must be done first
rule        {"mode": "any" | "all" | "vote", "percent": 60}: when the task is over
show        codes of the element's fields that are shown with the task
drafts      answers are taken bit by bit while the task stays open (`services.task_drafts`);
            `progress` {"done", "of", "missing"} tells how far they are
write       answers go into the element's fields of the same codes
reminders   moments still to come; `daily`: every day once it is late
late        {"then", "after", "people"}: what happens at the deadline, see `task_late`
closed      nobody hands it on
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Mode = Literal["any", "all", "vote"]
DONE, YES, NO = "done", "yes", "no"
#: How tasks end that nobody answered; never the code of an answer.
TIMEOUT, CANCELLED = "timeout", "cancelled"
OUTCOMES: dict[str, str | Promise] = {
    DONE: _("Done"),
    YES: _("Approved"),
    NO: _("Rejected"),
    TIMEOUT: _("Time is out"),
    CANCELLED: _("Cancelled"),
}


#: Words of the buttons to which the designer gave none of their own.
USUAL: dict[str, str | Promise] = {
    "done": _("Done"),
    "approve": _("Approve"),
    "reject": _("Reject"),
    "read": _("I have read it"),
    "send": _("Send the answers"),
    "save": _("Save the answers"),
}


def answer_choice(
    code: str, label: str, usual: str, *, look: str = "primary", must_comment: bool = False
) -> dict[str, Any]:
    """One button. A negative answer ends an approval by all."""
    return {
        "code": code,
        "label": label,
        "usual": usual,
        "look": look,
        "comment": "must" if must_comment else "may",
        "negative": code == NO,
    }


def answer_label(form: Mapping[str, Any], code: str) -> str:
    """What stands on the button, in the language of whoever looks; "" for no answer of these."""
    choice = choice_of(form, code)
    return str(choice["label"] or USUAL.get(choice.get("usual", ""), code)) if choice else ""


def choice_of(form: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    return next((one for one in form.get("answers", ()) if one["code"] == code), None)


def checklist_of(texts: Sequence[str]) -> list[dict[str, Any]]:
    return [{"text": text[:1000], "done": False} for text in texts if text.strip()]


def undone(form: Mapping[str, Any]) -> int:
    return sum(not item["done"] for item in form.get("checklist", ()))


@dataclass(frozen=True)
class Votes:
    """How many were asked, and the codes of the answers so far, in their order."""

    asked: int
    given: Sequence[str]

    @property
    def yes(self) -> int:
        return sum(code != NO for code in self.given)

    @property
    def no(self) -> int:
        return sum(code == NO for code in self.given)

    @property
    def left(self) -> int:
        return self.asked - len(self.given)

    def outcome(self, rule: Mapping[str, Any]) -> str:
        """The code the task ends with; "" while it goes on."""
        mode = rule.get("mode", "any")
        if mode == "vote":
            return self._voted(Decimal(str(rule.get("percent", 50))))
        if mode == "all":
            return NO if self.no else self.given[-1] if self.given and not self.left else ""
        return self.given[0] if self.given else ""

    def _voted(self, percent: Decimal) -> str:
        """Decided as soon as the others can change nothing any more."""
        needed = percent * self.asked
        if self.yes * 100 >= needed:
            return YES
        return NO if (self.yes + self.left) * 100 < needed else ""
