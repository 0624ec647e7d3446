"""Requisites in templates of documents: `{{ Payer.INN }}`, `{{ Плательщик.ИНН }}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.kinds import DEAL, kind_of
from crm_link.models import Requisite
from crm_link.selectors.requisites import OWNERS, parties_of, requisites_of
from lists_core.element_tabs import Target
from lists_core.models import List
from lists_core.schema.compile import Schema
from staff.models import Employee
from workflows.documents import plain
from workflows.documents.data import Empty
from workflows.documents.extra import DocumentExtra, document_extras
from workflows.documents.names import Name, by_name

#: code → (Russian name, caption, value of the requisites or of their main account).
PARTS: dict[str, tuple[str, str | Promise, str]] = {
    "NAME": ("Название", _("Short name"), "name"),
    "FULL_NAME": ("Полное_название", _("Full name of the organisation"), "full_name"),
    "PERSON": ("ФИО", _("Surname, name, patronymic"), "person"),
    "DOCUMENT": ("Документ", _("Identity document"), "document"),
    "INN": ("ИНН", _("INN"), "inn"),
    "KPP": ("КПП", _("KPP"), "kpp"),
    "OGRN": ("ОГРН", _("OGRN / OGRNIP"), "ogrn"),
    "ADDRESS": ("Юридический_адрес", _("Registered address"), "address"),
    "POSTAL_ADDRESS": ("Почтовый_адрес", _("Postal address"), "postal_address"),
    "DIRECTOR": ("Директор", _("Director"), "director"),
    "DIRECTOR_POST": ("Должность_директора", _("Director's position"), "director_post"),
    "BASIS": ("Основание", _("Acts on the basis of"), "basis"),
    "ACCOUNTANT": ("Бухгалтер", _("Chief accountant"), "accountant"),
    "BANK": ("Банк", _("Bank"), "account.bank"),
    "BIK": ("БИК", _("BIK"), "account.bik"),
    "ACCOUNT": ("Счёт", pgettext_lazy("bank", "Account"), "account.account"),
    "CORR_ACCOUNT": ("Корр_счёт", _("Correspondent account"), "account.corr_account"),
}
#: Of a deal, and of a company or a contact: name → (Russian name, caption).
PARTIES = {
    "Payer": ("Плательщик", _("Payer")),
    "Seller": ("НашаКомпания", _("Our company")),
}
OWN = {"Requisites": ("Реквизиты", _("Requisites"))}


@document_extras.register
class Requisites(DocumentExtra):
    slug = "crm.requisites"

    def names(self, list_: List) -> Sequence[Name]:
        parts = by_name(
            Name(code, str(caption), also=russian)
            for code, (russian, caption, _of) in PARTS.items()
        )
        return [
            Name(name, str(caption), "element", russian, parts)
            for name, (russian, caption) in _offered(list_.system).items()
        ]

    def values(self, actor: Employee, schema: Schema, row: Any) -> Mapping[str, Any]:
        kind = kind_of(schema.list_system)
        if kind == DEAL:
            target = Target(actor, List.objects.get(pk=schema.list_id), schema, row)
            found = parties_of(actor, target)
            given = {"Payer": found.payer, "Seller": found.seller}
        elif kind in OWNERS:
            given = {"Requisites": next(iter(requisites_of(row.pk)), None)}
        else:
            return {}
        offered = _offered(schema.list_system)
        return {
            name: _record(one) for code, one in given.items() for name in (code, offered[code][0])
        }


def _offered(list_system: str) -> Mapping[str, tuple[str, str | Promise]]:
    kind = kind_of(list_system)
    return PARTIES if kind == DEAL else OWN if kind in OWNERS else {}


def _record(one: Requisite | None) -> dict[str, Any]:
    if one is None:
        return plain.record(Empty(), "")
    values = {code: _value(one, of) for code, (_russian, _caption, of) in PARTS.items()}
    russian = {PARTS[code][0]: value for code, value in values.items()}
    return plain.record({**russian, **values}, str(one))


def _value(one: Requisite, of: str) -> str:
    """An attribute of the requisites, or after `account.` of their main account."""
    part, _point, name = of.rpartition(".")
    if not part:
        return str(getattr(one, name))
    account = next(iter(one.accounts.all()), None)
    return str(getattr(account, name)) if account else ""
