"""Forms about people. They check shapes; what is allowed stands in the services."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models import Department, Employee
from staff.time_zones import time_zone_choices
from staff.widgets import PersonSelect, SearchSelect
from svod.base.forms import DomainFormMixin

OLDEST = date(1900, 1, 1)
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SignInForm(AuthenticationForm):
    """E-mail or login, and password; one message for every reason to refuse."""

    error_messages = {
        "invalid_login": _("Wrong e-mail or password."),
        "inactive": _("Wrong e-mail or password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail or login")
        self.fields["password"].label = _("Password")


class PasswordResetForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class PersonForm(DomainFormMixin, forms.ModelForm):
    """What both forms about a person share. A service writes the values, not the form."""

    required: tuple[str, ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].widget = SearchSelect(choices=time_zone_choices())
        for name in self.required:
            self.fields[name].required = True

    def clean_birthday(self) -> date | None:
        birthday = self.cleaned_data["birthday"]
        if birthday and not OLDEST <= birthday <= timezone.localdate():
            raise forms.ValidationError(_("Enter a date of birth in the past."))
        return birthday

    def _post_clean(self) -> None:
        # The model's rules are tried on a copy: `request.user` must not change its name in
        # the top bar while the form comes back with errors.
        kept, self.instance = self.instance, copy(self.instance)
        super()._post_clean()  # type: ignore[misc]  # the stubs leave it out
        self.instance = kept


class ProfileForm(PersonForm):
    """What people keep about themselves."""

    required = ("last_name", "first_name")

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP up to 10 MB; it will be cut to a square."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove_photo = forms.BooleanField(label=_("Remove the photo"), required=False)

    class Meta:
        model = Employee
        fields = [
            "last_name", "first_name", "patronymic", "phone", "birthday",
            "time_zone", "language", "theme",
        ]  # fmt: skip
        widgets = {"birthday": DATE, "phone": forms.TextInput(attrs={"type": "tel"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.photo:
            del self.fields["remove_photo"]


class EmployeeForm(PersonForm):
    """An employee as an administrator edits them."""

    required = ("last_name", "first_name", "email")

    username = forms.CharField(
        label=_("Login"),
        required=False,
        max_length=150,
        validators=[Employee.username_validator],
        help_text=_("Leave empty to sign in by e-mail only."),
    )
    is_staff = forms.BooleanField(
        label=_("May make lists"),
        required=False,
        help_text=_("Makes new lists and decides about their fields. Administrators always may."),
    )
    is_superuser = forms.BooleanField(
        label=_("Administrator"),
        required=False,
        help_text=_("Manages people, departments and every list."),
    )

    class Meta:
        model = Employee
        fields = [
            "last_name", "first_name", "patronymic", "email", "username", "position",
            "department", "manager", "phone", "birthday", "time_zone", "language",
            "is_staff", "is_superuser",
        ]  # fmt: skip
        widgets = {"birthday": DATE, "phone": forms.TextInput(attrs={"type": "tel"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = department_field(label=_("Department"))
        people = Employee.objects.filter(is_active=True).exclude(pk=self.instance.pk)
        self.fields["manager"] = person_field(label=_("Manager"), people=people)
        if self.instance.username == self.instance.email:
            self.initial["username"] = ""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if others(self.instance).filter(email__iexact=email).exists():
            raise forms.ValidationError(_("An employee with this e-mail already exists."))
        return email

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if username and others(self.instance).filter(username__iexact=username).exists():
            raise forms.ValidationError(_("An employee with this login already exists."))
        return username


class DirectoryForm(forms.Form):
    """The search of the people directory; a wrong value is an error, never a crash."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    inactive = forms.BooleanField(label=_("Deactivated"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = department_field(
            label=_("Department"), empty_label=_("All departments")
        )
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, position, phone")}
        )


class DepartmentForm(DomainFormMixin, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Employee.objects.filter(is_active=True)
        self.fields["head"] = person_field(label=_("Head"), people=people)
        self.fields["parent"] = department_field(
            label=_("Parent department"), empty_label=_("None: at the top")
        )


class AbsenceForm(DomainFormMixin, forms.Form):
    use_required_attribute = False  # an empty picker would be shown as wrong at once

    starts = forms.DateField(label=_("From"), widget=DATE)
    ends = forms.DateField(label=_("Until"), widget=DATE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Employee.objects.filter(is_active=True)
        self.fields["deputy"] = person_field(label=_("Deputy"), people=people)
        self.fields["deputy"].required = True


class MoveForm(forms.Form):
    """What `<svod-tree>` posts after a drag: `id`, `parent` (empty: the top) and `ids`.

    `ids` are the new siblings in their new order, the moved one among them.
    """

    id = forms.ModelChoiceField(queryset=Department.objects.all())
    parent = forms.ModelChoiceField(queryset=Department.objects.all(), required=False)
    ids = forms.ModelMultipleChoiceField(queryset=Department.objects.all(), required=False)

    def place(self) -> int:
        """The wanted place among the siblings, -1 for the end."""
        # As typed: the cleaned value has lost the order.
        ids, moved = self["ids"].value() or [], str(self.cleaned_data["id"].pk)
        return ids.index(moved) if moved in ids else -1


class TreeChoiceField(forms.ModelChoiceField):
    """A choice of a department, indented as in the tree, with one query for the options."""

    def label_from_instance(self, obj: Department) -> str:
        return "\u2003" * obj.tree_depth + obj.name


def department_field(*, label: Any, empty_label: Any = "—") -> TreeChoiceField:
    return TreeChoiceField(
        label=label,
        queryset=Department.objects.with_tree_fields(),
        required=False,
        empty_label=empty_label,
    )


def person_field(*, label: Any, people: QuerySet[Employee]) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label=label, queryset=people, required=False, widget=PersonSelect)


def others(employee: Employee) -> Any:
    return Employee.objects.exclude(pk=employee.pk)
