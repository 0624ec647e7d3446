"""Objects that deals book: what rule says so, and who holds what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models import Element, Field, FieldOption, List
from workflows.models import DocumentTemplate


class BookingRule(models.Model):
    """A link field of the list of deals books the elements it names: flats, cars, hours.

    `status` is a choice of the linked list; `holder` a field of it that keeps the deal. `copies`
    are pairs of ids: a field of the object, the field of the deal that its value goes into.
    """

    name = models.CharField(_("Name"), max_length=120)
    link = models.OneToOneField(Field, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    status = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+")
    free = models.ForeignKey(FieldOption, on_delete=models.CASCADE, related_name="+")
    booked = models.ForeignKey(FieldOption, on_delete=models.CASCADE, related_name="+")
    sold = models.ForeignKey(FieldOption, on_delete=models.CASCADE, related_name="+")
    holder = models.ForeignKey(
        Field, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    copies = models.JSONField(default=list, blank=True)
    #: Ids of the object's fields that are shown where one is chosen.
    shown = models.JSONField(default=list, blank=True)
    #: How long a booking holds; None without end.
    days = models.PositiveSmallIntegerField(_("Days"), null=True, blank=True)
    #: A lost deal remembers its object, which is free all the same.
    keeps_link = models.BooleanField(default=False)
    documents = models.ManyToManyField(DocumentTemplate, blank=True, related_name="+")
    #: A file field of deals that the documents go into.
    documents_field = models.ForeignKey(
        Field, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(_("Works"), default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("Booking rule")
        verbose_name_plural = _("Booking rules")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Booking(models.Model):
    """An object is held by a deal. That nothing is held twice is also a rule of the database."""

    class Papers(models.TextChoices):
        NONE = "", _("none")
        DUE = "due", _("to be made")
        DONE = "done", _("made")
        FAILED = "failed", _("failed")

    element = models.OneToOneField(Element, on_delete=models.CASCADE, related_name="booking")
    rule = models.ForeignKey(BookingRule, on_delete=models.CASCADE, related_name="bookings")
    deal = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="bookings")
    sold = models.BooleanField(_("Sold"), default=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    booked_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(_("Until"), null=True, blank=True)
    papers = models.CharField(max_length=6, choices=Papers.choices, default="", blank=True)
    #: Why the documents could not be made.
    papers_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Booking")
        verbose_name_plural = _("Bookings")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["until"], name="booking_until", condition=models.Q(until__isnull=False)
            ),
            models.Index(fields=["id"], name="booking_papers", condition=models.Q(papers="due")),
        ]

    def __str__(self) -> str:
        return f"#{self.element_id} → #{self.deal_id}"
