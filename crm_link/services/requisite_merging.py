"""What becomes of requisites when their companies or contacts become one."""

from __future__ import annotations

from crm_link.merge_movers import MergeMover, merge_movers
from crm_link.models import BankAccount, ContactPoint, DealParties, OwnCompany, Requisite
from crm_link.points import PointType
from crm_link.requisite_values import ASKED
from staff.models import Employee


@merge_movers.register
class Requisites(MergeMover):
    slug = "requisites"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        """A set that both have becomes one; the main item's main set stays main."""
        twins = _named(winner)
        for row in Requisite.objects.filter(owner=loser).order_by("-is_main", "pk"):
            if twin := twins.get(_name(row)):
                _unite(row, twin)
            else:
                first = not Requisite.objects.filter(owner=winner).exists()
                Requisite.objects.filter(pk=row.pk).update(owner=winner, is_main=first)
        _keep_points(winner)
        _keep_own(loser, winner)


def _named(owner: int) -> dict[tuple[str, ...], Requisite]:
    """The item's sets by what tells them apart; of two alike the main, then the older one."""
    rows = Requisite.objects.filter(owner=owner).exclude(inn="").order_by("is_main", "-pk")
    return {_name(row): row for row in rows}


def _name(row: Requisite) -> tuple[str, ...]:
    """Branches have one INN and a KPP each, a person and the sole trader they are one INN."""
    return row.payer, row.inn, row.kpp


def _unite(row: Requisite, twin: Requisite) -> None:
    """The main item's set stays, with what it lacked; deals that chose the other go by it."""
    for name in ASKED[twin.payer]:
        setattr(twin, name, getattr(twin, name) or getattr(row, name))
    twin.save()
    _move_accounts(row, twin)
    DealParties.objects.filter(payer=row).update(payer=twin)
    DealParties.objects.filter(seller=row).update(seller=twin)


def _move_accounts(row: Requisite, twin: Requisite) -> None:
    known = set(twin.accounts.values_list("bik", "account"))
    for account in row.accounts.order_by("-is_main", "pk"):
        if (account.bik, account.account) not in known:
            own = BankAccount.objects.filter(pk=account.pk)
            own.update(requisite=twin, is_main=not known)
            known.add((account.bik, account.account))


def _keep_points(winner: int) -> None:
    """The INNs that came find the main item."""
    kept = Requisite.objects.filter(owner=winner).exclude(inn="")
    kind = ContactPoint.objects.filter(element=winner).values_list("kind", flat=True).first()
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(element_id=winner, kind=kind or "", type=PointType.INN, value=inn)
            for inn in set(kept.values_list("inn", flat=True))
        ],
        ignore_conflicts=True,
    )


def _keep_own(loser: int, winner: int) -> None:
    """One of our companies stays ours, and the main one the main one."""
    own = OwnCompany.objects.filter(pk=loser).first()
    if own is not None:
        own.delete()
        OwnCompany.objects.get_or_create(element_id=winner)
        if own.is_main:
            OwnCompany.objects.filter(pk=winner).update(is_main=True)
