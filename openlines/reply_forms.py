"""The forms of quick replies: an answer kept as one, the list that a line uses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right, may, visible_lists
from openlines.models import LineMember, Message
from openlines.period_form import PeriodForm
from openlines.selectors.replies import Replies
from openlines.selectors.reply_places import places_to_save
from openlines.services.messages import MAX_TEXT
from staff.models import Employee
from svod.base.forms import DomainFormMixin

NAME_WORDS = 6
LISTS_SHOWN = 500


class SaveReplyForm(DomainFormMixin, forms.Form):
    """An answer as a reply: how it will be called, where it will stand, how it is typed."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    section = forms.TypedChoiceField(
        label=gettext_lazy("Category"), coerce=int, required=False, empty_value=None
    )
    code = forms.CharField(
        label=gettext_lazy("Short code"), max_length=60, required=False,
        help_text=gettext_lazy("Typed after a slash in the chat: /price"),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=MAX_TEXT, widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy(
            "Instead of the customer’s name write {{client.name|dear customer}}."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, message: Message, replies: Replies, **more: Any) -> None:
        first = " ".join(message.text.split()[:NAME_WORDS])[:100]
        super().__init__(*args, **{"initial": {"name": first, "text": message.text}, **more})
        places = places_to_save(replies)
        named = [(pk, name or _("No category")) for pk, name in places]
        self.fields["section"].choices = named  # type: ignore[attr-defined]
        if not replies.fields.code:
            del self.fields["code"]


class ChooseRepliesForm(DomainFormMixin, forms.Form):
    """A list that is there already."""

    list = forms.TypedChoiceField(label=gettext_lazy("List"), coerce=int)
    add_missing = forms.BooleanField(
        label=gettext_lazy("Add the fields that it lacks"), required=False, initial=True,
        help_text=gettext_lazy("Text, short code, files, languages, lines"),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Employee, **more: Any) -> None:
        super().__init__(*args, **more)
        rows = visible_lists(actor).filter(system="").order_by("name")[:LISTS_SHOWN]
        own = [(one.pk, one.name) for one in rows if may(actor, Right.ACCESS, one)]
        self.fields["list"].choices = own  # type: ignore[attr-defined]


class StatisticsForm(PeriodForm):
    """A period and an operator; whatever does not fit counts as not said."""

    employee = forms.TypedChoiceField(
        label=gettext_lazy("Operator"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, data: Any, *, line_id: int) -> None:
        super().__init__(data)
        rows = LineMember.objects.filter(line=line_id).select_related("employee")
        people = [(one.employee_id, str(one.employee)) for one in rows]
        self.fields["employee"].choices = [("", _("All")), *people]  # type: ignore[attr-defined]
        self.full_clean()  # once more, now that the operators are known

    def operator(self) -> int | None:
        found: int | None = self.cleaned_data.get("employee")
        return found
