"""Writes to requisites. Each asks for the right to change the item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.kinds import COMPANY, DEAL, kind_of
from crm_link.models import BankAccount, ContactPoint, DealParties, OwnCompany, Requisite
from crm_link.points import PointType
from crm_link.requisite_values import checked_account, checked_requisite
from crm_link.selectors.duplicate_rules import blocking_of
from crm_link.selectors.kinds import access_kind
from crm_link.selectors.requisites import access_requisite, kind_of_owner, parties_of
from crm_link.services.duplicate_rules import Ask, taken
from crm_link.services.told import tell
from lists_core.access import Right
from lists_core.element_tabs import Target, open_target
from lists_core.models import Element
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.errors import Invalid, NotFound


def _locked(target: Target) -> None:
    """One writer of an item's requisites at a time."""
    Element.objects.select_for_update().get(pk=target.id)


@transaction.atomic
def add_requisite(
    list_id: int, element_id: int, payer: str, values: Mapping[str, Any], *, actor: Employee
) -> Requisite:
    """A set of a company or a contact; the first one is the main one.

    Raises NotFound, Forbidden, Invalid (errors by value).
    """
    target = open_target(actor, Right.CHANGE, list_id, element_id)
    kind_of_owner(target)
    _locked(target)
    checked = checked_requisite(payer, values)
    _refuse_taken(target, checked.get("inn", ""), actor)
    first = not Requisite.objects.filter(owner=target.id).exists()
    made = Requisite.objects.create(owner_id=target.id, payer=payer, is_main=first, **checked)
    _keep_points(target)
    return made


@transaction.atomic
def change_requisite(
    requisite_id: int, payer: str, values: Mapping[str, Any], *, actor: Employee
) -> Requisite:
    """Raises NotFound, Forbidden, Invalid (errors by value)."""
    target, found = access_requisite(actor, Right.CHANGE, requisite_id)
    _locked(target)
    checked = checked_requisite(payer, values)
    if checked.get("inn", "") != found.inn:
        _refuse_taken(target, checked.get("inn", ""), actor)
    Requisite.objects.filter(pk=found.pk).update(payer=payer, **checked)
    _keep_points(target)
    found.refresh_from_db()
    return found


@transaction.atomic
def delete_requisite(requisite_id: int, *, actor: Employee) -> None:
    """Of the sets left the oldest becomes the main one. Raises NotFound, Forbidden."""
    target, found = access_requisite(actor, Right.CHANGE, requisite_id)
    _locked(target)
    found.delete()
    left = Requisite.objects.filter(owner=target.id).order_by("-is_main", "pk").first()
    if left and not left.is_main:
        Requisite.objects.filter(pk=left.pk).update(is_main=True)
    _keep_points(target)


@transaction.atomic
def make_main(requisite_id: int, *, actor: Employee) -> None:
    """Raises NotFound, Forbidden."""
    target, found = access_requisite(actor, Right.CHANGE, requisite_id)
    _locked(target)
    Requisite.objects.filter(owner=target.id).update(is_main=False)
    Requisite.objects.filter(pk=found.pk).update(is_main=True)


@transaction.atomic
def add_account(requisite_id: int, values: Mapping[str, Any], *, actor: Employee) -> BankAccount:
    """The first account is the main one. Raises NotFound, Forbidden, Invalid."""
    target, found = access_requisite(actor, Right.CHANGE, requisite_id)
    _locked(target)
    checked = checked_account(values)
    first = not found.accounts.exists()
    return BankAccount.objects.create(requisite=found, is_main=first, **checked)


@transaction.atomic
def delete_account(requisite_id: int, account_id: int, *, actor: Employee) -> None:
    """Raises NotFound, Forbidden."""
    target, found = access_requisite(actor, Right.CHANGE, requisite_id)
    _locked(target)
    if not found.accounts.filter(pk=account_id).delete()[0]:
        raise NotFound
    left = found.accounts.order_by("-is_main", "pk").first()
    if left and not left.is_main:
        BankAccount.objects.filter(pk=left.pk).update(is_main=True)


@transaction.atomic
def choose_parties(
    list_id: int, element_id: int, *, payer: int | None, seller: int | None, actor: Employee
) -> DealParties:
    """Whose requisites a deal goes by; None is the usual ones. Raises NotFound, Forbidden,
    Invalid for a set that is neither of its clients nor of our companies."""
    target = open_target(actor, Right.CHANGE, list_id, element_id)
    if kind_of(target.list.system) != DEAL:
        raise NotFound
    known = parties_of(actor, target)
    open_ = {"payer": known.payers, "seller": known.sellers}
    given = {"payer": payer, "seller": seller}
    told = _("Choose from the list: this is not available.")
    wrong = {
        name: [told]
        for name, pk in given.items()
        if pk is not None and pk not in {row.pk for row in open_[name]}
    }
    if wrong:
        raise Invalid(wrong)
    ids = {f"{name}_id": pk for name, pk in given.items()}
    return DealParties.objects.update_or_create(deal_id=target.id, defaults=ids)[0]


@transaction.atomic
def set_own_companies(ids: list[int], *, actor: Employee) -> None:
    """Which companies are ours, the main one first. Raises Forbidden, Invalid."""
    require_crm_manager(actor)
    _list, schema = access_kind(actor, Right.VIEW, COMPANY)
    if elements(schema, actor).filter(pk__in=ids).count() != len(set(ids)):
        raise Invalid({"companies": [_("Choose from the list: this is not available.")]})
    OwnCompany.objects.all().delete()
    OwnCompany.objects.bulk_create(
        OwnCompany(element_id=pk, is_main=place == 0) for place, pk in enumerate(dict.fromkeys(ids))
    )
    tell("own_companies", actor=actor, ids=list(dict.fromkeys(ids)))


def _refuse_taken(target: Target, inn: str, actor: Employee) -> None:
    """Raise Invalid for the INN of another item, where CRM's settings refuse duplicates by it."""
    rule = blocking_of(target.schema)
    if rule is None or not inn or PointType.INN not in rule.by:
        return
    own = Ask(target.id, [(PointType.INN, inn)])
    refused = taken(target.schema, rule, [own], actor)
    if refused:
        raise Invalid({"inn": list(refused[own].values())})


def _keep_points(target: Target) -> None:
    """The INNs of requisites find the item, as its own INN does."""
    own = ContactPoint.objects.filter(element=target.id, type=PointType.INN, field=None)
    own.delete()
    inns = Requisite.objects.filter(owner=target.id).exclude(inn="").values_list("inn", flat=True)
    ContactPoint.objects.bulk_create(
        ContactPoint(
            element_id=target.id,
            kind=kind_of_owner(target).slug,
            type=PointType.INN,
            value=inn,
        )
        for inn in set(inns)
    )
