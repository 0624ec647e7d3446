"""By what a CRM item is recognised: telephones, e-mail addresses, INN, and its name.

A *point* is such a value in the one form in which two spellings are equal.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.phone import EXTENSION, REGION, parse_phone, region_of
from lists_core.schema.fields import SchemaField

MAX_LENGTH = 320
INN_DIGITS = (10, 12)
#: Legal forms and quotes are no part of a company's name: «ООО „Ромашка“» is "ромашка".
FORMS = re.compile(
    r"\b(ооо|оао|зао|пао|ао|нао|ип|тоо|гк|нко|ано|llc|ltd|inc|gmbh|corp|co)\b\.?|[«»„“”\"'().,]",
    re.IGNORECASE,
)

#: Names are compared in Latin letters: trigrams know Cyrillic ones in some of PostgreSQL's
#: collations only, and "Romashka" is "Ромашка".
LATIN = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфхцыьъ", "abvgdeezijklmnoprstufhcy'`", strict=True))
    | {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "э": "eh", "ю": "yu", "я": "ya"}
)


class PointType(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    INN = "inn", _("INN")
    NAME = "name", _("Name")


#: The types by which items are the same; by name they are only similar.
EXACT = (PointType.PHONE, PointType.EMAIL, PointType.INN)


def point_type(field: SchemaField) -> PointType | None:
    """Of which type the points of a field's values are; None for a field that tells nothing."""
    if field.type.slug in {PointType.PHONE, PointType.EMAIL}:
        return PointType(field.type.slug)
    if field.code == "NAME":
        return PointType.NAME
    return PointType.INN if field.code == "INN" and field.type.slug == "string" else None


def points_of(field: SchemaField, value: Any) -> set[str]:
    """The points in a field's natural value."""
    type_ = point_type(field)
    if type_ is None:
        return set()
    region = region_of(field.field) if type_ == PointType.PHONE else REGION
    found = (normal(type_, str(item), region=region) for item in field.items(value))
    return {point for point in found if point}


def normal(type_: PointType, text: str, *, region: str = REGION) -> str:
    """The point that a text means; "" when it means none."""
    typed = text.replace("\0", "").strip()[:MAX_LENGTH]
    if type_ == PointType.PHONE:
        return _phone(typed, region)
    if type_ == PointType.EMAIL:
        return typed.lower() if "@" in typed else ""
    if type_ == PointType.INN:
        digits = re.sub(r"\D", "", typed, flags=re.ASCII)
        return digits if len(digits) in INN_DIGITS else ""
    return " ".join(FORMS.sub(" ", typed).lower().translate(LATIN).split())


def _phone(typed: str, region: str) -> str:
    """Without an extension: the people behind one switchboard are found together."""
    if typed.startswith("+") and typed[1:].isdigit():
        return typed
    try:
        return parse_phone(typed, region).partition(EXTENSION)[0]
    except ValidationError:
        return ""
