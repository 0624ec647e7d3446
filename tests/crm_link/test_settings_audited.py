"""Every change of CRM's settings is in the audit log, in the transaction of the change.

The services are found by what they ask for, so a new one without an entry here is told of.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_link import services
from crm_link.kinds import CONTACT, DEAL, LEAD
from crm_link.models import Questionnaire, Robot, Stage, WebForm
from crm_link.selectors.roles import Draft
from crm_link.services import (
    booking_rules,
    cards,
    catalogue,
    duplicate_rules,
    feed_rules,
    pipelines,
    questionnaires,
    questions,
    requisites,
    robots,
    roles,
    stage_removal,
    stages,
    tabs,
    telephony,
    web_forms,
)
from crm_link.web_form_page import askable
from lists_core.models import List, Section
from staff.audit_texts import details, event_label
from staff.models import AuditEntry
from staff.services.audit import audit_events
from tests.crm_link.booking_world import estate
from tests.crm_link.crm_world import item, stage
from tests.crm_link.feed_world import feeds

pytestmark = pytest.mark.django_db
HOME = Path(services.__file__).parent
#: They ask for the right and open what others change.
OPENERS = {
    "access_questionnaire", "access_robot", "access_stage", "open_booking_rule", "open_feed_rule",
    "open_stage", "template_for",
}  # fmt: skip
#: A part of others, which tell of the whole.
PARTS = {"create_stage", "finish"}


def settings_services() -> Iterator[str]:
    """`module.function` of all that asks for the management of CRM, by itself or by an opener."""
    for path in sorted(HOME.glob("*.py")):
        own = [
            node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
        ]
        asking = {"require_crm_manager", *OPENERS}
        while found := {node.name for node in own if _calls(node) & asking} - asking:
            asking |= found
        for name in sorted(asking & {node.name for node in own} - OPENERS - PARTS):
            if not name.startswith("_"):
                yield f"{path.stem}.{name}"


def _calls(node: ast.AST) -> set[str]:
    calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return {one.id for one in calls if isinstance(one, ast.Name)}


class World:
    """What the services need, made when it is asked for."""

    def __init__(self, admin: Any) -> None:
        self.admin = admin
        self.leads = List.objects.get(system="crm.lead")
        self.deals = List.objects.get(system="crm.deal")
        self.pipeline = Section.objects.filter(list=self.deals, parent=None).get()

    @property
    def stage(self) -> Stage:
        return stage("lead", "IN_PROCESS")

    def robot(self) -> Robot:
        params = {"values": {"COMMENTS": "x"}}
        return robots.add_robot(self.stage.pk, "element_update", actor=self.admin, params=params)

    def form(self) -> WebForm:
        form = WebForm(name="Form", owner=self.admin)
        form.fields = [{"code": askable(form, self.admin)[0].code, "label": "First"}]
        return form

    def role(self) -> Any:
        return roles.create_role(Draft("Sellers"), actor=self.admin)

    def other_pipeline(self) -> Section:
        return stages.create_pipeline(self.deals, "Second", actor=self.admin)

    def questionnaire(self) -> Questionnaire:
        return questionnaires.create_questionnaire(
            self.leads, actor=self.admin, stage_id=stage("lead", "NEW").pk, name="Short"
        )


#: What its own service writes into a rule.
OWN = {"id", "changed_by", "changed_at", "error", "failed_at"}


def _given(rule: Any) -> dict[str, Any]:
    """The rule as its form gives it again."""
    fields = [one.name for one in rule._meta.concrete_fields if one.name not in OWN]
    return {name: getattr(rule, name) for name in fields}


Call = Callable[[World], Any]
#: Service → (what has to be there before, the call). The call is given both.
CALLS: dict[str, tuple[Call, Callable[[World, Any], Any]]] = {
    "booking_rules.delete_booking_rule": (
        lambda w: estate(w.admin).rule,
        lambda w, rule: booking_rules.delete_booking_rule(rule.pk, actor=w.admin),
    ),
    "booking_rules.save_booking_rule": (
        lambda w: estate(w.admin).rule,
        lambda w, rule: booking_rules.save_booking_rule(rule, _given(rule), actor=w.admin),
    ),
    "cards.arrange_card": (
        lambda w: None,
        lambda w, _: cards.arrange_card(DEAL, [cards.Laid("All", [])], [], actor=w.admin),
    ),
    "cards.forget_layout": (
        lambda w: None, lambda w, _: cards.forget_layout(DEAL, actor=w.admin),
    ),
    "catalogue.choose_catalogue": (
        lambda w: None, lambda w, _: catalogue.choose_catalogue(w.deals.pk, actor=w.admin),
    ),
    "duplicate_rules.save_duplicate_rule": (
        lambda w: {"blocks": True, "by": ["phone"], "roles": []},
        lambda w, own: duplicate_rules.save_duplicate_rule(LEAD, **own, actor=w.admin),
    ),
    "feed_rules.delete_feed_rule": (
        lambda w: feeds(w.admin).rule,
        lambda w, rule: feed_rules.delete_feed_rule(rule.pk, actor=w.admin),
    ),
    "feed_rules.rebuild": (
        lambda w: feeds(w.admin).rule, lambda w, rule: feed_rules.rebuild(rule, actor=w.admin),
    ),
    "feed_rules.save_feed_rule": (
        lambda w: feeds(w.admin).rule,
        lambda w, rule: feed_rules.save_feed_rule(rule, _given(rule), actor=w.admin),
    ),
    "pipelines.rename_pipeline": (
        lambda w: None,
        lambda w, _: pipelines.rename_pipeline(w.deals, w.pipeline.pk, "Retail", actor=w.admin),
    ),
    "pipelines.sort_pipelines": (
        World.other_pipeline,
        lambda w, other: pipelines.sort_pipelines(w.deals, [other.pk], actor=w.admin),
    ),
    "questionnaires.create_questionnaire": (lambda w: None, lambda w, _: w.questionnaire()),
    "questionnaires.delete_questionnaire": (
        World.questionnaire,
        lambda w, own: questionnaires.delete_questionnaire(own.pk, actor=w.admin),
    ),
    "questionnaires.save_questionnaire": (
        World.questionnaire,
        lambda w, own: questionnaires.save_questionnaire(
            own.pk, actor=w.admin, deadline=5, groups=[questionnaires.Group("One", [])]
        ),
    ),
    "questions.add_question": (
        World.questionnaire,
        lambda w, own: questions.add_question(
            own.pk, actor=w.admin, name="Why", type_slug="string"
        ),
    ),
    "requisites.set_own_companies": (
        lambda w: item("company", w.admin).pk,
        lambda w, pk: requisites.set_own_companies([pk], actor=w.admin),
    ),
    "robots.add_robot": (lambda w: None, lambda w, _: w.robot()),
    "robots.delete_robot": (
        World.robot, lambda w, own: robots.delete_robot(own.pk, actor=w.admin),
    ),
    "robots.detach_robots": (
        World.robot, lambda w, own: robots.detach_robots(own.stage_id, actor=w.admin),
    ),
    "robots.save_robot": (
        World.robot, lambda w, own: robots.save_robot(own.pk, actor=w.admin, is_on=False),
    ),
    "robots.sort_robots": (
        World.robot, lambda w, own: robots.sort_robots(own.stage_id, [own.pk], actor=w.admin),
    ),
    "roles.create_ready_roles": (
        lambda w: None, lambda w, _: roles.create_ready_roles(actor=w.admin),
    ),
    "roles.create_role": (lambda w: None, lambda w, _: w.role()),
    "roles.delete_role": (
        World.role, lambda w, role: roles.delete_role(role.pk, actor=w.admin),
    ),
    "roles.update_role": (
        World.role,
        lambda w, role: roles.update_role(role.pk, Draft("Vendors"), actor=w.admin),
    ),
    "stage_removal.delete_pipeline": (
        World.other_pipeline,
        lambda w, own: stage_removal.delete_pipeline(w.deals, own.pk, actor=w.admin),
    ),
    "stage_removal.delete_stage": (
        lambda w: None, lambda w, _: stage_removal.delete_stage(w.stage.pk, actor=w.admin),
    ),
    "stages.add_stage": (
        lambda w: None,
        lambda w, _: stages.add_stage(w.leads, actor=w.admin, name="Measured", color="red"),
    ),
    "stages.create_pipeline": (lambda w: None, lambda w, _: w.other_pipeline()),
    "stages.set_required": (
        lambda w: stages.askable_fields(w.leads)[0].pk,
        lambda w, pk: stages.set_required(w.stage.pk, [pk], actor=w.admin),
    ),
    "stages.sort_stages": (
        lambda w: None,
        lambda w, _: stages.sort_stages(w.leads, [w.stage.pk], actor=w.admin),
    ),
    "stages.update_stage": (
        lambda w: None,
        lambda w, _: stages.update_stage(w.stage.pk, actor=w.admin, name="Work", color="red"),
    ),
    "tabs.arrange_tabs": (
        lambda w: None,
        lambda w, _: tabs.arrange_tabs(
            CONTACT, [f"list-{w.leads.pk}", "history"], hidden={"history"}, actor=w.admin
        ),
    ),
    "tabs.set_figures": (
        lambda w: None,
        lambda w, _: tabs.set_figures(CONTACT, w.leads, [("count", "Leads")], actor=w.admin),
    ),
    "telephony.change_telephony": (
        lambda w: {"make_leads": True, "responsible": None, "call_back_minutes": 5},
        lambda w, own: telephony.change_telephony(own, {}, actor=w.admin),
    ),
    "telephony.close_telephony": (
        lambda w: None, lambda w, _: telephony.close_telephony(actor=w.admin),
    ),
    "telephony.new_token": (lambda w: None, lambda w, _: telephony.new_token(actor=w.admin)),
    "web_forms.delete_web_form": (
        lambda w: web_forms.save_web_form(w.form(), actor=w.admin),
        lambda w, form: web_forms.delete_web_form(form.pk, actor=w.admin),
    ),
    "web_forms.save_web_form": (
        lambda w: w.form(), lambda w, form: web_forms.save_web_form(form, actor=w.admin),
    ),
}  # fmt: skip


def test_every_service_of_the_settings_is_called_here() -> None:
    assert sorted(settings_services()) == sorted(CALLS)


def latest() -> int:
    return AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0


@pytest.mark.parametrize("service", CALLS)
def test_it_is_in_the_audit_log(admin, lists, service) -> None:
    world = World(admin)
    before, call = CALLS[service]
    made = before(world)
    since = latest()
    call(world, made)
    entry = AuditEntry.objects.filter(pk__gt=since).order_by("pk").first()
    assert entry is not None
    assert entry.actor == admin
    assert entry.event in audit_events
    assert event_label(entry) != entry.event
    assert details(entry, {}) is not None


def last(admin: Any) -> tuple[str, str, dict[str, Any]]:
    entry = AuditEntry.objects.latest("pk")
    return entry.event, entry.subject_name, entry.about


def test_what_changed_is_told(admin, lists) -> None:
    world = World(admin)
    stages.update_stage(world.stage.pk, actor=admin, name="Measured", color="red")
    event, name, about = last(admin)
    assert (event, name) == ("crm.stage_changed", "Measured")
    assert about["color"]["after"] == "red"
    assert about["name"]["after"] == "Measured"
    assert "semantics" not in about
    pipelines.rename_pipeline(world.deals, world.pipeline.pk, "Retail", actor=admin)
    assert last(admin)[2]["name"]["after"] == "Retail"
    tabs.arrange_tabs(DEAL, [f"list-{world.leads.pk}", "history"], hidden={"history"}, actor=admin)
    assert last(admin)[2] == {"order": [world.leads.name, "history"], "hidden": ["history"]}


def test_nothing_is_told_of_what_failed(admin, lists) -> None:
    world = World(admin)
    since = latest()
    with pytest.raises(stages.Invalid):
        stages.update_stage(world.stage.pk, actor=admin, name="", color="red")
    assert latest() == since
