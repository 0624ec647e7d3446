"""How the kinds of activities look."""

from __future__ import annotations

from crm_link.models import Activity

ICONS = {
    Activity.Kind.CALL: "phone",
    Activity.Kind.MEETING: "users",
    Activity.Kind.TASK: "checkbox",
    Activity.Kind.EMAIL: "mail",
    Activity.Kind.DEED: "circle-check",
}
