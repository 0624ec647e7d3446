"""Forms on web sites, what came by them, and visits of those sites."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lists_core.models import Element


def new_token() -> str:
    return secrets.token_urlsafe(12)


def no_rows() -> list[Any]:
    return []


class WebForm(models.Model):
    """Strangers fill it, leads come of it, made in the name of `owner`.

    `fields` are `{"code": "PHONE", "label": "Ваш телефон", "required": true}`; only these codes
    are ever read from what a stranger sends. `responsibles` take turns; nobody is the owner.
    """

    token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    name = models.CharField(_("Name"), max_length=100)
    is_on = models.BooleanField(_("Takes messages"), default=True)
    title = models.CharField(_("Heading"), max_length=200, blank=True)
    intro = models.TextField(_("Text under the heading"), max_length=1000, blank=True)
    button = models.CharField(_("Text of the button"), max_length=50, blank=True)
    consent = models.TextField(_("Consent to agree to"), max_length=2000, blank=True)
    fields = models.JSONField(default=no_rows)
    origins = ArrayField(models.CharField(max_length=255), default=no_rows)
    message = models.TextField(_("What is said afterwards"), max_length=1000, blank=True)
    redirect = models.CharField(_("Page to go to afterwards"), max_length=500, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+",
        verbose_name=_("In whose name leads are made"),
    )  # fmt: skip
    responsibles = ArrayField(models.BigIntegerField(), default=no_rows)
    turn = models.PositiveIntegerField(default=0, editable=False)
    #: Options of the lead's fields.
    source = models.BigIntegerField(null=True, blank=True)
    stage = models.BigIntegerField(null=True, blank=True)
    min_seconds = models.PositiveSmallIntegerField(
        _("Sooner than so many seconds it is a machine"), default=2,
        validators=[MaxValueValidator(60)],
    )  # fmt: skip
    a_minute = models.PositiveSmallIntegerField(
        _("Messages a minute, of all together"), default=60,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )  # fmt: skip
    visits = models.BooleanField(_("Remember visits of the site"), default=False)
    visits_days = models.PositiveSmallIntegerField(
        _("Visits are kept, days"), default=90,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )  # fmt: skip

    class Meta:
        verbose_name = _("Web form")
        verbose_name_plural = _("Web forms")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("crm_web_form", args=[self.pk])


class Visit(models.Model):
    """A page of a site that a browser opened under a random number of its own."""

    form = models.ForeignKey(WebForm, on_delete=models.CASCADE, related_name="+")
    visitor = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)
    url = models.CharField(max_length=500)
    referrer = models.CharField(max_length=500, blank=True)
    marks = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Visit of a site")
        verbose_name_plural = _("Visits of sites")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["visitor", "id"], name="visit_path"),
            models.Index(fields=["form", "at"], name="visit_age"),
        ]

    def __str__(self) -> str:
        return self.url


class Submission(models.Model):
    """What came with a lead from a form: page, referrer, marks, and the browser's number."""

    form = models.ForeignKey(WebForm, null=True, on_delete=models.SET_NULL, related_name="came")
    lead = models.OneToOneField(Element, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    page = models.CharField(max_length=500, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    marks = models.JSONField(default=dict)
    visitor = models.UUIDField(null=True)
    agreed = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Message of a web form")
        verbose_name_plural = _("Messages of web forms")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.page or f"#{self.lead_id}"
