"""Which values each type of payer has, and their checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm_link import requisite_checks as checks
from crm_link.models import BankAccount, Requisite
from svod.base.errors import Invalid

Payer = Requisite.Payer
PERSON = ("last_name", "first_name", "second_name")
PLACES = ("address", "postal_address")
#: Type of payer → its values in the order of the form.
ASKED: Mapping[str, tuple[str, ...]] = {
    Payer.PERSON: (*PERSON, "document", "inn", *PLACES),
    Payer.SOLE: ("name", *PERSON, "inn", "ogrn", *PLACES, "basis"),
    Payer.COMPANY: (
        "name", "full_name", "inn", "kpp", "ogrn", *PLACES,
        "director", "director_post", "basis", "accountant",
    ),
}  # fmt: skip
REQUIRED: Mapping[str, tuple[str, ...]] = {
    Payer.PERSON: ("last_name", "first_name"),
    Payer.SOLE: ("last_name", "first_name"),
    Payer.COMPANY: ("name",),
}
NUMBERS = ("inn", "kpp", "ogrn", "bik", "account", "corr_account")
ACCOUNT = ("bank", "bik", "account", "corr_account")


def checked_requisite(payer: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The values of this payer, the others empty. Raises Invalid with errors by value."""
    if payer not in ASKED:
        raise Invalid({"payer": [_("Choose the type of the payer.")]})
    values = _texts(Requisite, given, ASKED[payer])
    errors = _missing(values, REQUIRED[payer])
    wrong = _wrong_numbers(payer, values)
    errors |= {name: [text] for name, text in wrong.items() if values.get(name)}
    if errors:
        raise Invalid(errors)
    empty = {name for names in ASKED.values() for name in names}
    return {**dict.fromkeys(empty, ""), **values}


def checked_account(given: Mapping[str, Any]) -> dict[str, str]:
    """The values of a bank account. Raises Invalid."""
    values = _texts(BankAccount, given, ACCOUNT)
    errors = _missing(values, ("bank", "bik", "account"))
    told = _("This account does not belong to a bank of this BIK: check the digits.")
    if values["bik"] and not checks.is_bik(values["bik"]):
        errors["bik"] = [_("A BIK has nine digits and begins with 04.")]
    elif values["bik"]:
        if values["account"] and not checks.is_account(values["account"], values["bik"]):
            errors["account"] = [told]
        corr = values["corr_account"]
        if corr and not checks.is_corr_account(corr, values["bik"]):
            errors["corr_account"] = [told]
    if errors:
        raise Invalid(errors)
    return values


def _wrong_numbers(payer: str, values: Mapping[str, str]) -> dict[str, str]:
    firm = payer == Payer.COMPANY
    inn, ogrn = values.get("inn", ""), values.get("ogrn", "")
    wrong = {}
    if not (checks.is_company_inn(inn) if firm else checks.is_person_inn(inn)):
        length = 10 if firm else 12
        wrong["inn"] = _("There is no such INN of %(length)d digits.") % {"length": length}
    if not (checks.is_ogrn(ogrn) if firm else checks.is_ogrnip(ogrn)):
        told = _("There is no such OGRN.") if firm else _("There is no such OGRNIP.")
        wrong["ogrn"] = told
    if not checks.is_kpp(values.get("kpp", "")):
        wrong["kpp"] = _("A KPP has nine signs, as 773601001.")
    return wrong


def _texts(model: Any, given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Trimmed texts, numbers without spaces. Raises Invalid for those that are too long."""
    values, errors = {}, {}
    for name in names:
        text = " ".join(str(given.get(name) or "").replace("\0", "").split())
        if name in NUMBERS:
            text = re.sub(r"[\s-]", "", text).upper()
        if len(text) > model._meta.get_field(name).max_length:
            errors[name] = [_("This is too long.")]
        values[name] = text
    if errors:
        raise Invalid(errors)
    return values


def _missing(values: Mapping[str, str], names: tuple[str, ...]) -> dict[str, list[str]]:
    return {name: [_("This field is required.")] for name in names if not values.get(name)}
