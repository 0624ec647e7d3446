"""Values that all processes of the portal share."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(r"\A[A-Za-z][A-Za-z0-9_]{0,39}\Z", _("Latin letters, digits and “_”."))


class PortalConstant(models.Model):
    """`{{Portal.<code>}}`. `kind` is the slug of a field type, `value` in that type's JSON."""

    code = models.CharField(_("Code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("Name"), max_length=200)
    description = models.TextField(_("Description"), blank=True)
    kind = models.CharField(_("Kind"), max_length=40, default="string")
    multiple = models.BooleanField(_("Multiple"), default=False)
    settings = models.JSONField(default=dict, blank=True)
    value = models.JSONField(_("Value"), null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("Constant of the portal")
        verbose_name_plural = _("Constants of the portal")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
