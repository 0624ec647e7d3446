"""Writes to booking rules. Each renews both lists, so that every process knows the rule at its
next write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.carrying import may_be_taken, may_take
from crm_link.kinds import DEAL
from crm_link.models import BookingRule
from crm_link.services.links import may_link
from lists_core.access import Right
from lists_core.models import Field, FieldOption, List
from lists_core.schema.ddl import lock_for_change, with_ddl_retry
from lists_core.schema.fields import SchemaField
from lists_core.selectors.lists import access_list
from lists_core.services.jobs import start_job
from staff.models import Employee
from staff.services import audit
from svod.base.errors import Invalid, NotFound

STATES = ("free", "booked", "sold")


def save_booking_rule(
    rule: BookingRule | None, given: Mapping[str, Any], *, actor: Employee
) -> BookingRule:
    """Make or change a rule. `given` are its fields, `documents` a list of templates. A working
    rule takes in the open deals that name objects already, in a job.

    Whoever sets it lets it write into the list of objects, so they need full access there.
    Raises Forbidden, NotFound, Invalid (errors by field), ListBusy.
    """
    require_crm_manager(actor)
    link: Field = given["link"]
    target = access_list(actor, Right.FULL, link.settings.get("list") or 0)
    check(rule, given, target)

    def save() -> BookingRule:
        saved = rule or BookingRule()
        _locked_lists({link.list_id, target.pk} | _lists_of(rule))
        for name, value in given.items():
            if name != "documents":
                setattr(saved, name, value)
        saved.target, saved.changed_by = target, actor
        saved.save()
        saved.documents.set(given.get("documents") or [])
        _noted("saved", saved, actor)
        if saved.is_active:
            start_job("booking_intake", actor=actor, list_=link.list, rule=saved.pk)
        return saved

    return with_ddl_retry(save)


def delete_booking_rule(rule_id: int, *, actor: Employee) -> None:
    """Remove a rule with its bookings; objects and deals stay as they are."""
    rule = open_booking_rule(rule_id, actor=actor)

    def delete() -> None:
        _locked_lists(_lists_of(rule))
        _noted("deleted", rule, actor)
        rule.delete()

    with_ddl_retry(delete)


def open_booking_rule(rule_id: int, *, actor: Employee) -> BookingRule:
    """Raises Forbidden, NotFound."""
    require_crm_manager(actor)
    rows = BookingRule.objects.select_related("link", "status", "target")
    rule = rows.filter(pk=rule_id).first()
    if rule is None:
        raise NotFound
    return rule


def _noted(what: str, rule: BookingRule, actor: Employee) -> None:
    audit.record(
        f"booking_rule.{what}", actor=actor,
        subject=f"booking_rule:{rule.pk}", subject_name=rule.name,
    )  # fmt: skip


def _lists_of(rule: BookingRule | None) -> set[int]:
    return {rule.link.list_id, rule.target_id} if rule and rule.pk else set()


def _locked_lists(ids: set[int]) -> None:
    """Wait for the writers of these lists; they all read the rules anew afterwards."""
    for list_id in sorted(ids):
        lock_for_change(list_id)
    List.objects.filter(pk__in=ids).update(schema_version=F("schema_version") + 1)


# --- checking -----------------------------------------------------------------------------


def check(rule: BookingRule | None, given: Mapping[str, Any], target: List) -> None:
    """Raise Invalid where the parts of a rule do not belong together."""
    errors = {
        **_wrong_link(rule, given["link"]),
        **_wrong_states(given, target),
        **_wrong_fields(given, target),
    }
    if errors:
        raise Invalid({name: [text] for name, text in errors.items()})


def _wrong_link(rule: BookingRule | None, link: Field) -> dict[str, str]:
    if link.type != "element" or link.list.system != DEAL.system or link.deleted_at:
        return {"link": _("Choose a link field of the deals.")}
    others = BookingRule.objects.filter(link=link).exclude(pk=(rule and rule.pk) or 0)
    if others.exists():
        return {"link": _("There is a rule for this field already.")}
    return {}


def _wrong_states(given: Mapping[str, Any], target: List) -> dict[str, str]:
    status: Field = given["status"]
    if status.list_id != target.pk or status.type != "list" or status.multiple:
        return {"status": _("Choose a field of the objects with one of several states.")}
    options: dict[str, FieldOption] = {name: given[name] for name in STATES}
    foreign = [name for name, one in options.items() if one.field_id != status.pk]
    if foreign:
        return {foreign[0]: _("Choose a state of this field.")}
    if len({one.pk for one in options.values()}) < len(STATES):
        return {"sold": _("Free, booked and sold are three different states.")}
    return {}


def _wrong_fields(given: Mapping[str, Any], target: List) -> dict[str, str]:
    link, holder, papers = given["link"], given.get("holder"), given.get("documents_field")
    errors = {}
    if holder and (holder.list_id != target.pk or not may_link(SchemaField.of(holder), link.list)):
        errors["holder"] = _("Choose a field of the objects that links to deals.")
    if papers and (papers.list_id != link.list_id or papers.type != "file"):
        errors["documents_field"] = _("Choose a field of files of the deals.")
    if any(not _may_copy(pair, target, link.list) for pair in given.get("copies") or []):
        errors["copies"] = _("One of the fields is no longer there, or cannot be copied.")
    lists = {None, target.pk, link.list_id}
    if any(one.list_id not in lists for one in given.get("documents") or []):
        errors["documents"] = _("Choose templates of the deals or of the objects.")
    return errors


def _may_copy(pair: Any, target: List, deals: List) -> bool:
    source = Field.objects.filter(pk=pair[0], list=target, deleted_at=None).first()
    into = Field.objects.filter(pk=pair[1], list=deals, deleted_at=None).first()
    if source is None or into is None or into.type == "crm_stage":
        return False
    return may_be_taken(SchemaField.of(source)) and may_take(SchemaField.of(into))
