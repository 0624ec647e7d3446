"""What the audit log is told of CRM's settings (`crm_link/services/told.py`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_link.models import Stage
from staff.audit_texts import about_labels, subject_pages, value_labels
from staff.services.audit import audit_events

EVENTS = {
    "set_up": _("CRM set up"),
    "stage_created": _("Stage added"),
    "stage_changed": _("Stage changed"),
    "stage_deleted": _("Stage deleted"),
    "stages_ordered": _("Stages put into another order"),
    "pipeline_created": _("Pipeline added"),
    "pipeline_changed": _("Pipeline renamed"),
    "pipeline_deleted": _("Pipeline deleted"),
    "pipelines_ordered": _("Pipelines put into another order"),
    "tabs_arranged": _("Tabs of cards arranged"),
    "figures_chosen": _("Figures of a list in cards chosen"),
    "card_arranged": _("Card arranged"),
    "catalogue_chosen": _("List of products chosen"),
    "own_companies": _("Our companies changed"),
    "duplicates_ruled": _("Setting of duplicates changed"),
    "questionnaire_created": _("Questionnaire added"),
    "questionnaire_changed": _("Questionnaire changed"),
    "questionnaire_deleted": _("Questionnaire deleted"),
    "robot_created": _("Robot added"),
    "robot_changed": _("Robot changed"),
    "robot_deleted": _("Robot deleted"),
    "robots_ordered": _("Robots put into another order"),
    "robots_detached": _("Robots made an ordinary process"),
}
ABOUT = {
    "color": _("Colour"),
    "semantics": _("Meaning"),
    "patience": _("Days on the stage at most"),
    "required": _("Fields that are asked for"),
    "order": _("Order"),
    "hidden": _("Hidden"),
    "pipeline": _("Pipeline"),
    "stage": _("Stage"),
    "to": _("The items go to"),
    "settings": _("Settings"),
    "questions": _("Questions"),
    "action": _("Action"),
    "figures": _("Figures"),
    "blocks": _("Do not save duplicates"),
    "by": _("By what duplicates are known"),
    "roles": _("Who may save them all the same"),
    "sections": _("Sections"),
}

for _slug, _label in EVENTS.items():
    audit_events.add(f"crm.{_slug}", _label)
audit_events.add("feed_rule.rebuilt", _("All sources of a consolidation rule looked at anew"))
about_labels.update(ABOUT)
value_labels["semantics"] = dict(Stage.Semantics.choices)
subject_pages["crm_stage"] = "crm_stage"
subject_pages["crm_pipeline"] = "crm_pipeline"
subject_pages["crm_questionnaire"] = "crm_questionnaire"
subject_pages["crm_robot"] = "crm_robot"
