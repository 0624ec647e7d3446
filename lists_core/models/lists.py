"""Lists, their fields and what a person set for himself in a list."""

from __future__ import annotations

import builtins
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lists_core.addresses import list_url

CODE = RegexValidator(
    r"\A[A-Z][A-Z0-9_]{0,62}\Z", _("Latin capitals, digits and underscores, a letter first.")
)


class List(models.Model):  # type: ignore[django-manager-missing]  # trees are untyped
    """A list's settings; its elements live in the table `list_<id>`.

    `schema_version` changes in the same transaction as the fields do, so that every
    process knows when its compiled model is out of date.
    """

    name = models.CharField(_("Name"), max_length=200)
    code = models.CharField(_("Code"), max_length=63, blank=True, validators=[CODE])
    description = models.TextField(_("Description"), blank=True)
    icon = models.CharField(_("Icon"), max_length=40, default="list-details")
    color = models.CharField(_("Colour"), max_length=20, default="blue")
    sort = models.IntegerField(_("Sort"), default=500)
    captions = models.JSONField(_("Captions"), default=dict, blank=True)
    has_sections = models.BooleanField(_("Sections"), default=False)
    #: Holds values that other lists link to; such lists stand together on the start page.
    is_directory = models.BooleanField(_("Directory"), default=False)
    #: Which part of the program keeps the list ("crm.deal"); it has pages of its own there and
    #: is neither deleted nor copied. Empty for the lists that people make.
    system = models.CharField(max_length=40, blank=True, editable=False)
    schema_version = models.PositiveIntegerField(default=1, editable=False)
    #: What an address without a state opens.
    default_view = models.ForeignKey(
        "ListView", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("List")
        verbose_name_plural = _("Lists")
        ordering = ["sort", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="list_code_unique"
            ),
            models.UniqueConstraint(
                fields=["system"], condition=~Q(system=""), name="list_system_unique"
            ),
        ]
        permissions = [
            ("run_list", "Can run processes in the list"),
            ("access_list", "Can manage access to the list"),
            ("full_list", "Has full access to the list"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return list_url(self)


class Field(models.Model):
    """One field of a list: settings here, behaviour in its field type.

    `column` is the stem of its database columns. It is derived from the id, never from
    user text, and changes only when the field's type does.
    """

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="fields")
    code = models.CharField(_("Code"), max_length=63, validators=[CODE])
    name = models.CharField(_("Name"), max_length=200)
    hint = models.CharField(_("Hint"), max_length=500, blank=True)
    type = models.CharField(_("Type"), max_length=40)
    column = models.CharField(max_length=40, editable=False)
    sort = models.IntegerField(_("Sort"), default=500)
    required = models.BooleanField(_("Required"), default=False)
    multiple = models.BooleanField(_("Multiple"), default=False)
    unique = models.BooleanField(_("Unique"), default=False)
    default = models.JSONField(_("Default"), null=True, blank=True)
    show_in_list = models.BooleanField(_("Show in the list"), default=True)
    show_in_add = models.BooleanField(_("Show in the add form"), default=True)
    show_in_edit = models.BooleanField(_("Show in the edit form"), default=True)
    readonly_in_add = models.BooleanField(_("Read-only when adding"), default=False)
    readonly_in_edit = models.BooleanField(_("Read-only when editing"), default=False)
    settings = models.JSONField(_("Settings"), default=dict, blank=True)
    #: The program itself reads the field by its code: it is not deleted, retyped or recoded.
    fixed = models.BooleanField(default=False, editable=False)
    # Restricted: only those who were granted it, and who has full access to the list.
    view_restricted = models.BooleanField(default=False, editable=False)
    change_restricted = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Field")
        verbose_name_plural = _("Fields")
        ordering = ["sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "code"],
                condition=Q(deleted_at__isnull=True),
                name="field_code_unique",
            )
        ]
        indexes = [
            # "Which fields link to this list?" is asked whenever something goes to the bin.
            models.Index(
                KeyTransform("list", "settings"),
                name="field_target",
                condition=Q(type__in=["element", "section"]),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)  # a field of every list is called in the language of the request

    @property
    def is_system(self) -> bool:
        """True for the columns every list has (name, author, dates): they are never stored."""
        return self.pk is None

    @cached_property
    def options_by_id(self) -> dict[int, FieldOption]:
        """Every option in its order, removed ones last; kept as long as this row is."""
        options = list(self.options.all()) if self.pk else []
        return {option.pk: option for option in sorted(options, key=lambda o: bool(o.deleted_at))}


class FieldOption(models.Model):
    """One choice of a list-type field; elements keep its id, so renaming touches no data."""

    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="options")
    name = models.CharField(_("Name"), max_length=300)
    code = models.CharField(_("Code"), max_length=63, blank=True)
    color = models.CharField(_("Colour"), max_length=20, blank=True)
    sort = models.IntegerField(_("Sort"), default=500)
    is_default = models.BooleanField(_("Default"), default=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Option")
        verbose_name_plural = _("Options")
        ordering = ["sort", "id"]

    def __str__(self) -> str:
        return self.name


class CounterState(models.Model):
    """The number a counter field gives next. Its row lock makes the numbers gap-free."""

    field = models.OneToOneField(Field, on_delete=models.CASCADE, related_name="+")
    next = models.BigIntegerField()


class Favourite(models.Model):
    """A list a person pinned on the start page."""

    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "list"], name="favourite_unique")
        ]


def no_columns() -> builtins.list[dict[str, Any]]:
    return []


class ListPreference(models.Model):
    """How one person looks at one list.

    `columns` is `[{"code": "NAME", "width": 240}, …]`, widths in CSS pixels or null; one with
    `"chosen": false` is a width only: who chose no columns sees those of the list.
    """

    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=no_columns)
    page_size = models.PositiveSmallIntegerField(default=50)
    #: The shape chosen last and what each was set to: `{"shape": "kanban", "section": 5,
    #: "kanban": {"by": "STATUS", "card": ["AMOUNT"]}, "calendar": {"by": "CLOSE_DATE"}}`.
    looks = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "list"], name="list_preference_unique")
        ]

    @property
    def chosen(self) -> builtins.list[str]:
        """Codes of the columns the person chose, in their order; none when nothing was chosen."""
        return [str(column["code"]) for column in self.columns if column.get("chosen", True)]

    def look(self, shape: str) -> dict[str, Any]:
        """What this shape of the list was set to."""
        found = self.looks.get(shape)
        return found if isinstance(found, dict) else {}

    @property
    def widths(self) -> dict[str, int]:
        """Code → CSS pixels."""
        return {
            str(column["code"]): column["width"] for column in self.columns if column.get("width")
        }
