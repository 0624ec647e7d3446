"""Writes to consolidation rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.carrying import may_be_taken, may_take
from crm_link.models import FeedRule
from crm_link.services.feed_keys import key_kinds
from crm_link.services.feed_values import hows
from crm_link.services.links import may_link
from lists_core.access import Right, schema_for
from lists_core.filters.tree import parse_filter
from lists_core.models import Field, Job, List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.lists import access_list
from lists_core.services.jobs import start_job
from staff.models import Employee
from staff.services import audit
from svod.base.errors import Forbidden, Invalid, NotFound

RELATED = ("source", "target", "link", "run_as", "cancel_field", "cancel_option")


def save_feed_rule(rule: FeedRule | None, given: Mapping[str, Any], *, actor: Employee) -> FeedRule:
    """Make or change a rule and, while it works, look at all its sources anew.

    Needs full access to both lists: what a rule reads and writes, its designer rules over. Only
    administrators lend an employee's rights. Raises Forbidden, NotFound, Invalid.
    """
    require_crm_manager(actor)
    source = access_list(actor, Right.FULL, given["source"].pk)
    target = access_list(actor, Right.FULL, given["target"].pk)
    check(given, source, target, actor, rule=rule)
    saved = rule or FeedRule()
    _check_lending(saved, given.get("run_as"), actor)
    with transaction.atomic():
        for name, value in given.items():
            setattr(saved, name, value)
        saved.changed_by, saved.error, saved.failed_at = actor, "", None
        saved.save()
        _noted("saved", saved, actor)
        if saved.is_active and saved.run_as_id:
            rebuild(saved, actor=actor)
    return saved


def rebuild(rule: FeedRule, *, actor: Employee) -> Job:
    """Begin to look at all sources anew. Raises Forbidden."""
    require_crm_manager(actor)
    with transaction.atomic():
        _noted("rebuilt", rule, actor)
        return start_job("feed_rebuild", actor=actor, rule=rule.pk)


def delete_feed_rule(rule_id: int, *, actor: Employee) -> None:
    """Remove a rule; the elements that it made stay as they are."""
    rule = open_feed_rule(rule_id, actor=actor)
    with transaction.atomic():
        _noted("deleted", rule, actor)
        rule.delete()


def open_feed_rule(rule_id: int, *, actor: Employee) -> FeedRule:
    """The rule, for whoever may change it. Raises Forbidden, NotFound."""
    require_crm_manager(actor)
    rule = FeedRule.objects.filter(pk=rule_id).select_related(*RELATED).first()
    if rule is None:
        raise NotFound
    access_list(actor, Right.FULL, rule.source_id)
    access_list(actor, Right.FULL, rule.target_id)
    return rule


def _check_lending(rule: FeedRule, wanted: Employee | None, actor: Employee) -> None:
    changed = (wanted.pk if wanted else None) != rule.run_as_id
    if changed and wanted is not None and not actor.is_superuser:
        raise Forbidden


def _noted(what: str, rule: FeedRule, actor: Employee) -> None:
    audit.record(
        f"feed_rule.{what}", actor=actor,
        subject=f"feed_rule:{rule.pk}", subject_name=rule.name,
    )  # fmt: skip


# --- checking -----------------------------------------------------------------------------


def check(
    given: Mapping[str, Any], source: List, target: List, actor: Employee, *, rule: FeedRule | None
) -> None:
    """Raise Invalid where the parts of a rule do not belong together."""
    if leads_back(source.pk, target.pk, but=rule):
        raise Invalid({"target": [_("These lists would feed each other without end.")]})
    own, other = schema_for(actor, source), schema_for(actor, target)
    if given.get("won") and own.get("STAGE") is None:
        raise Invalid({"won": [_("This list has no stages.")]})
    parse_filter(json.dumps(given["condition"]) if given.get("condition") else "", own)
    problems = [*_wrong_keys(given["keys"], own), *_wrong_lines(given["mapping"], own, other)]
    if problems:
        raise Invalid(dict(problems))
    _check_link(given, source, target)
    _check_cancelling(given, target)


def leads_back(source_id: int, target_id: int, but: FeedRule | None = None) -> bool:
    """Whether what the target feeds, but for one rule, comes to the source again."""
    ways: dict[int, set[int]] = {}
    others = FeedRule.objects.filter(is_active=True).exclude(pk=(but and but.pk) or 0)
    for one, other in others.values_list("source", "target"):
        ways.setdefault(one, set()).add(other)
    reached, pending = set(), {target_id}
    while pending:
        reached |= pending
        pending = set().union(*(ways.get(one, set()) for one in pending)) - reached
    return source_id in reached


def _wrong_keys(keys: Any, source: Schema) -> list[tuple[str, list[str]]]:
    if not keys:
        return [("keys", [_("Say by what elements are gathered.")])]
    for one in keys:
        field = _known(source, one.get("field"))
        kind = key_kinds.get(one["by"]) if one.get("by") in key_kinds else None
        if field is None or kind is None:
            return [("keys", [_("Choose a field and how it gathers.")])]
        if not kind.fits(field) or not may_be_taken(field):
            told = _("“%(field)s” cannot gather this way.") % {"field": field.name}
            return [("keys", [told])]
    return []


def _wrong_lines(mapping: Any, source: Schema, target: Schema) -> list[tuple[str, list[str]]]:
    seen: set[int] = set()
    for one in mapping or ():
        field, into = _known(source, one.get("field")), _known(target, one.get("into"))
        how = hows.get(one["how"]) if one.get("how") in hows else None
        if field is None or into is None or how is None:
            return [("mapping", [_("Choose both fields and what is taken.")])]
        if not how.fits(field) or not (may_be_taken(field) and may_take(into)):
            told = _("“%(field)s” cannot be taken over this way.") % {"field": field.name}
            return [("mapping", [told])]
        if into.field.pk in seen:
            told = _("“%(field)s” is filled twice.") % {"field": into.name}
            return [("mapping", [told])]
        seen.add(into.field.pk)
    return []


def _known(schema: Schema, pk: Any) -> SchemaField | None:
    if pk in (0, "0"):
        return schema["NAME"]
    return next((one for one in schema.fields if one.field.pk == pk), None)


def _check_link(given: Mapping[str, Any], source: List, target: List) -> None:
    link: Field | None = given.get("link")
    if link is None:
        return
    if link.list_id != target.pk or not may_link(SchemaField.of(link), source):
        raise Invalid({"link": [_("Choose a field of the target that links to the source.")]})
    if not link.multiple:
        raise Invalid({"link": [_("The field has to take several values.")]})


def _check_cancelling(given: Mapping[str, Any], target: List) -> None:
    if given.get("empty") != FeedRule.Empty.CANCEL:
        return
    field, option = given.get("cancel_field"), given.get("cancel_option")
    if field is None or field.list_id != target.pk or field.type != "list" or field.multiple:
        raise Invalid({"cancel_field": [_("Choose the field with the state of the target.")]})
    if option is None or option.field_id != field.pk:
        raise Invalid({"cancel_option": [_("Choose a state of this field.")]})
