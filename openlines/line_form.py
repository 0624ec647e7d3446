"""The forms in which lines, their people and channels are set."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.employee import SUGGEST, People
from lists_core.field_types.pickers import PickerField, multiple_picker
from openlines.chat_channels.base import ChannelKind, channel_kinds
from openlines.models import Channel, Line, LineMember
from openlines.services.lines import BOUNDS
from staff.models import Employee, WorkCalendar
from staff.services.calendars import portal_calendar
from svod.base.forms import DomainFormMixin

PORTAL = "portal"
LONGEST = 2000
TEXTS = ("greeting", "away_text", "no_answer_text", "close_text")


class LineForm(DomainFormMixin, forms.ModelForm):
    """Every setting of a line. `values` is what the service takes."""

    calendar = forms.ChoiceField(label=_("Working hours"), required=False)
    service_employee = PickerField(SUGGEST, People(), required=True)

    class Meta:
        model = Line
        fields = [
            "name", "is_active", "queue", "at_once", "only_online", "greeting", "away_text",
            "no_answer_minutes", "no_answer_text", "no_answer_to", "close_after_minutes",
            "close_text", "asks_vote", "leads",
        ]  # fmt: skip
        widgets = {
            "queue": forms.RadioSelect,
            "no_answer_to": forms.RadioSelect,
            **{name: forms.Textarea({"rows": 2, "maxlength": LONGEST}) for name in TEXTS},
        }
        help_texts = {
            "at_once": _("An operator who has that many gets no more from the queue."),
            "only_online": _("Online is who has the chats open."),
            "greeting": _("Sent at once when a conversation begins. An empty text is not sent."),
            "no_answer_minutes": _("Counted in working hours. 0 never reminds."),
            "close_after_minutes": _(
                "Counted from the last message, when it is the customer’s turn. 0 never closes."
            ),
            "asks_vote": _(
                "From 1 to 5, when a conversation closes: in the chat window, in Telegram, by a "
                "link in the letter of farewell. Other programs ask and post it by themselves."
            ),
            "leads": _("A customer is known when their phone or e-mail is found in CRM."),
        }

    def __init__(self, line: Line, actor: Employee, data: Any = None) -> None:
        super().__init__(data, instance=line)
        for name in TEXTS:
            self.fields[name].validators.append(MaxLengthValidator(LONGEST))
        for name, (low, high) in BOUNDS.items():
            self.fields[name].widget.attrs |= {"min": low, "max": high}
        self._calendar(line)
        self._service_employee(line, actor)

    def _calendar(self, line: Line) -> None:
        stored = list(WorkCalendar.objects.all())
        portal = [] if any(one.is_default for one in stored) else [(PORTAL, hours(WorkCalendar()))]
        own: Any = self.fields["calendar"]
        own.choices = [
            ("", _("Round the clock")), *portal, *((str(one.pk), hours(one)) for one in stored)
        ]  # fmt: skip
        own.initial = line.calendar_id or ""

    def _service_employee(self, line: Line, actor: Employee) -> None:
        own: Any = self.fields["service_employee"]
        own.label, own.initial = _("Service employee"), line.service_employee_id or actor.pk
        own.help_text = _(
            "Leads are made and files of customers are kept in the name of this employee, with "
            "their rights."
        )
        own.for_actor(actor)

    def _post_clean(self) -> None:
        """The line is changed by the service alone."""

    def clean_service_employee(self) -> Employee:
        chosen = self.cleaned_data["service_employee"]
        found = Employee.objects.filter(pk=chosen, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Choose an active employee."))
        return found

    @property
    def values(self) -> dict[str, Any]:
        """As `services.lines` takes them; must be valid. The portal's calendar is stored once a
        line counts by it."""
        chosen = self.cleaned_data["calendar"]
        calendar = None
        if chosen:
            stored = WorkCalendar.objects.filter(pk=chosen) if chosen != PORTAL else None
            calendar = portal_calendar() if stored is None else stored.first()
        return {**self.cleaned_data, "calendar": calendar}


def hours(calendar: WorkCalendar) -> str:
    """`Working calendar: 09:00–18:00`."""
    name = calendar.name or str(_("Working calendar"))
    return f"{name}: {calendar.opens:%H:%M}–{calendar.closes:%H:%M}"


class PeopleForm(DomainFormMixin, forms.Form):
    """Whom to bring into a line, and as what."""

    #: The searched select would be drawn as wrong before anybody touched it.
    use_required_attribute = False
    people = multiple_picker(SUGGEST, People(), required=True)
    role = forms.ChoiceField(label=_("Role"), choices=LineMember.Role.choices)

    def __init__(self, actor: Employee, data: Any = None) -> None:
        super().__init__(data)
        own: Any = self.fields["people"]
        own.label = _("Employees")
        own.for_actor(actor)

    @property
    def chosen(self) -> list[Employee]:
        """In the order of choosing; must be valid."""
        ids = self.cleaned_data["people"]
        found = Employee.objects.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]


class ChannelForm(DomainFormMixin, forms.Form):
    """A channel's name; what its kind asks besides is in `more`."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("Operators see it beside a conversation.")
    )
    is_active = forms.BooleanField(label=_("Works"), required=False, initial=True)

    def __init__(self, channel: Channel, data: Any = None) -> None:
        initial = {"name": channel.name or str(self.kind_of(channel).label)}
        super().__init__(data, initial={**initial, "is_active": channel.is_active})
        self.more = self.kind_of(channel).SettingsForm(
            data, initial=channel.settings, keeps_secret=bool(channel.sealed)
        )
        self._hide_secret(channel)

    @staticmethod
    def kind_of(channel: Channel) -> ChannelKind:
        return channel_kinds.get(channel.kind)

    def _hide_secret(self, channel: Channel) -> None:
        """A secret is never drawn again, whatever the kind's form draws it with."""
        own: Any = self.more.fields.get("secret")
        if own is None:
            return
        own.widget = forms.PasswordInput({"autocomplete": "off"}, render_value=False)
        if channel.sealed:
            own.help_text = _("It is kept and not shown again. Leave empty to keep it.")

    def is_valid(self) -> bool:
        own, more = super().is_valid(), self.more.is_valid()
        return own and more

    def add_domain_errors(self, error: Any) -> None:
        for name, texts in error.errors.items():
            form = self.more if name in self.more.fields else self
            for text in texts:
                form.add_error(name if name in form.fields else None, text)

    @property
    def values(self) -> dict[str, Any]:
        """As the services take them; must be valid."""
        given = dict(self.more.cleaned_data)
        secret = given.pop("secret", "") or ""
        return {"name": self.cleaned_data["name"], "settings": given, "secret": secret}
