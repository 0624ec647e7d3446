"""Under what names and numbers companies and people sign and pay."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.models import Element


class Requisite(models.Model):
    """One set of a company or a contact; who reads the item reads it. Which of the values a
    payer has is told by `crm_link.requisite_values.ASKED`."""

    class Payer(models.TextChoices):
        PERSON = "person", pgettext_lazy("payer", "Individual")
        SOLE = "sole", _("Sole trader")
        COMPANY = "company", _("Legal entity")

    owner = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="requisites")
    payer = models.CharField(_("Type of payer"), max_length=10, choices=Payer)
    is_main = models.BooleanField(_("Main"), default=False)
    name = models.CharField(_("Short name"), max_length=255, blank=True)
    full_name = models.CharField(_("Full name of the organisation"), max_length=500, blank=True)
    last_name = models.CharField(_("Surname"), max_length=100, blank=True)
    first_name = models.CharField(pgettext_lazy("person", "First name"), max_length=100, blank=True)
    second_name = models.CharField(_("Patronymic"), max_length=100, blank=True)
    document = models.CharField(_("Identity document"), max_length=500, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    ogrn = models.CharField(_("OGRN / OGRNIP"), max_length=15, blank=True)
    address = models.CharField(_("Registered address"), max_length=500, blank=True)
    postal_address = models.CharField(_("Postal address"), max_length=500, blank=True)
    director = models.CharField(_("Director"), max_length=255, blank=True)
    director_post = models.CharField(_("Director's position"), max_length=255, blank=True)
    basis = models.CharField(_("Acts on the basis of"), max_length=255, blank=True)
    accountant = models.CharField(_("Chief accountant"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("Requisites")
        verbose_name_plural = _("Requisites")
        ordering = ["-is_main", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_main=True), name="requisite_main_once"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.full_name or self.person

    @property
    def person(self) -> str:
        return " ".join(filter(None, (self.last_name, self.first_name, self.second_name)))


class BankAccount(models.Model):
    """An account of a set of requisites; the first made main one is what documents take."""

    requisite = models.ForeignKey(Requisite, on_delete=models.CASCADE, related_name="accounts")
    is_main = models.BooleanField(_("Main"), default=False)
    bank = models.CharField(_("Bank"), max_length=255)
    bik = models.CharField(_("BIK"), max_length=9)
    account = models.CharField(_("Account"), max_length=20)
    corr_account = models.CharField(_("Correspondent account"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("Bank account")
        verbose_name_plural = _("Bank accounts")
        ordering = ["-is_main", "pk"]

    def __str__(self) -> str:
        return f"{self.account}, {self.bank}"


class OwnCompany(models.Model):
    """A company of the CRM that is one of ours: deals are made in its name."""

    element = models.OneToOneField(
        Element, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    is_main = models.BooleanField(_("Main"), default=False)

    class Meta:
        verbose_name = _("Our company")
        verbose_name_plural = _("Our companies")
        ordering = ["-is_main", "element"]

    def __str__(self) -> str:
        return f"#{self.element_id}"


class DealParties(models.Model):
    """Who pays in a deal and which of our companies sells; None is the usual one."""

    deal = models.OneToOneField(
        Element, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    payer = models.ForeignKey(
        Requisite, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    seller = models.ForeignKey(
        Requisite, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Parties of a deal")
        verbose_name_plural = _("Parties of deals")

    def __str__(self) -> str:
        return f"#{self.deal_id}"
