"""People: employees (the user model) and the tree of departments."""

from __future__ import annotations

import re
import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.models import TreeNode

from staff.time_zones import validate_time_zone

PHONE = RegexValidator(
    r"^\+?[0-9(][0-9 ()\-.]{2,}[0-9](\s*(ext\.?|доб\.?|#)\s*[0-9]{1,6})?$",
    _("Enter a phone number, for example +7 495 123-45-67 or +7 495 123-45-67 ext. 89."),
)


def photo_name(employee: Employee, filename: str) -> str:
    """A random name: neither the person nor the original file shows in it."""
    return f"photos/{secrets.token_urlsafe(24)}.jpg"


class Department(TreeNode):
    """A department; its place in the tree is `parent` and, among siblings, `sort`."""

    parent = TreeNodeForeignKey(
        "self",
        verbose_name=_("Parent department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    name = models.CharField(_("Name"), max_length=200)
    sort = models.PositiveIntegerField(_("Order"), default=0)
    head = models.ForeignKey(
        "staff.Employee",
        verbose_name=_("Head"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="headed_departments",
    )
    # Rights are granted to groups: one holds the department's own people, the other also
    # those of every department below. staff.services.groups keeps both.
    group = models.OneToOneField(
        Group, null=True, editable=False, on_delete=models.PROTECT, related_name="department"
    )
    subtree_group = models.OneToOneField(
        Group, null=True, editable=False, on_delete=models.PROTECT, related_name="subtree_of"
    )

    class Meta:
        verbose_name = _("Department")
        verbose_name_plural = _("Departments")
        ordering = ["sort", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Language(models.TextChoices):
    """A language of the interface, named in itself."""

    RUSSIAN = "ru", "Русский"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    """Colours of the interface."""

    AUTO = "auto", _("As in the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


def portal_time_zone() -> str:
    return settings.TIME_ZONE


class Employee(AbstractUser):  # type: ignore[django-manager-missing]  # trees are untyped
    """A person who signs in; the portal shows `str(employee)` everywhere.

    `username` is the login: a name of its own or, when none was given, the e-mail address.
    """

    patronymic = models.CharField(_("Patronymic"), max_length=150, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    position = models.CharField(_("Position"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("Department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="employees",
    )
    manager = models.ForeignKey(
        "self",
        verbose_name=_("Manager"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
    )
    phone = models.CharField(_("Phone"), max_length=40, blank=True, validators=[PHONE])
    birthday = models.DateField(_("Birthday"), null=True, blank=True)
    photo = models.ImageField(_("Photo"), blank=True, upload_to=photo_name, editable=False)
    thumbnail = models.ImageField(blank=True, upload_to=photo_name, editable=False)
    time_zone = models.CharField(
        _("Time zone"), max_length=60, default=portal_time_zone, validators=[validate_time_zone]
    )
    language = models.CharField(
        _("Language"), max_length=10, choices=Language, default=Language.RUSSIAN
    )
    theme = models.CharField(_("Theme"), max_length=10, choices=Theme, default=Theme.AUTO)
    # Counts up to end every session and every link sent by mail at once.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Employee")
        verbose_name_plural = _("Employees")
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="employee_email_unique",
                condition=~models.Q(email=""),
                violation_error_message=_("An employee with this e-mail already exists."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="employee_username_unique",
                violation_error_message=_("An employee with this login already exists."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip() or self.username

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()
        # A foreign address as a login would let one person sign in under another's e-mail.
        if "@" in self.username and self.username.lower() != self.email:
            raise ValidationError(
                {"username": _("A login with “@” must be the employee's own e-mail.")}
            )

    def get_absolute_url(self) -> str:
        return reverse("employee", args=[self.pk])

    def get_full_name(self) -> str:
        """Surname, first name and patronymic, as in documents."""
        parts = [self.last_name, self.first_name, self.patronymic]
        return " ".join(part for part in parts if part) or self.username

    @property
    def initials(self) -> str:
        """One or two capitals for a picture-less avatar."""
        letters = [part[0] for part in (self.last_name, self.first_name) if part]
        return "".join(letters or self.username[:1]).upper()

    @property
    def photo_url(self) -> str:
        return self._file_url("photo", self.photo.name)

    @property
    def thumbnail_url(self) -> str:
        return self._file_url("thumbnail", self.thumbnail.name)

    def _file_url(self, size: str, name: str | None) -> str:
        """The address of a photo, "" without one; a new photo gets a new address."""
        if not name:
            return ""
        mark = name.rsplit("/", 1)[-1].removesuffix(".jpg")[:12]
        return reverse("employee_photo", args=[self.pk, size, mark])

    @property
    def phone_link(self) -> str:
        """The number as a `tel:` address takes it, without spaces; an extension is left out."""
        number = re.split(r"ext|доб|#", self.phone)[0]
        return re.sub(r"[^+0-9]", "", number)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("staff.session", value, secret=secret, algorithm="sha256").hexdigest()
