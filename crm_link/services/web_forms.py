"""Web forms: their settings, the leads that come of them, visits of sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_link.access import may_add_for, require_crm_manager
from crm_link.kinds import LEAD
from crm_link.models import Submission, Visit, WebForm
from crm_link.selectors.kinds import list_of
from crm_link.selectors.web_forms import closed
from crm_link.services.from_customers import LONGEST_NAME, fitting, from_customers
from crm_link.services.items import create_item
from crm_link.services.lent_owner import owner_faults
from crm_link.web_form_page import Origin, askable, clean_origin, marks_of, web_address
from lists_core.access import schema_for
from staff.models import Employee
from staff.services.audit import record
from svod.base.errors import Forbidden, Invalid, NotFound
from svod.base.limits import limit

MOST_FIELDS, MOST_ORIGINS, MOST_LABEL = 30, 20, 200
A_VISITOR_A_DAY, A_FORM_A_DAY, DAY = 100, 20_000, 24 * 3600
AN_ADDRESS_A_MINUTE = 10


@transaction.atomic
def save_web_form(form: WebForm, *, actor: Employee) -> WebForm:
    """Keep a new or changed form. Raises Forbidden, Invalid (errors by the model's field)."""
    require_crm_manager(actor)
    _check(form, actor)
    is_new = form.pk is None
    form.save()
    about = {"name": form.name, "is_on": form.is_on}
    event = "crm.web_form_created" if is_new else "crm.web_form_changed"
    record(event, actor=actor, subject=f"web_form:{form.pk}", subject_name=form.name, about=about)
    return form


@transaction.atomic
def delete_web_form(form_id: int, *, actor: Employee) -> None:
    """The leads stay. Raises Forbidden, NotFound."""
    require_crm_manager(actor)
    form = WebForm.objects.filter(pk=form_id).first()
    if form is None:
        raise NotFound
    record("crm.web_form_deleted", actor=actor, subject=f"web_form:{form_id}",
           subject_name=form.name)  # fmt: skip
    form.delete()


def _check(form: WebForm, actor: Employee) -> None:
    errors: dict[str, list[str]] = {}
    before = WebForm.objects.filter(pk=form.pk).values_list("owner", flat=True).first()
    if faults := owner_faults(form.owner, before, actor):
        errors["owner"] = faults
    form.fields = _fields(form.fields, _known(form, actor))
    if not form.fields:
        errors["fields"] = [_("Choose at least one field.")]
    try:
        form.origins = list(dict.fromkeys(map(clean_origin, form.origins[:MOST_ORIGINS])))
    except ValueError as error:
        errors["origins"] = [str(error)]
    if form.redirect and not form.redirect.startswith("https://"):
        errors["redirect"] = [_("The address begins with https://.")]
    elif form.redirect and not web_address(form.redirect):
        errors["redirect"] = [_("This is no address.")]
    people = Employee.objects.filter(pk__in=form.responsibles, is_active=True)
    form.responsibles = [
        pk for pk in form.responsibles if pk in set(people.values_list("pk", flat=True))
    ]
    if not errors and not _may_add_for_all(form):
        # Leads would go to the owner instead, and nobody would know why.
        errors["responsibles"] = [_("The owner's role lets them add no leads for these people.")]
    if errors:
        raise Invalid(errors)


def _known(form: WebForm, actor: Employee) -> set[str]:
    """What the form may ask for: what its owner may fill.

    Of one whose owner has left also what it asked for before, so that it asks the same when
    somebody takes it over. It writes by the owner's rights: whoever is neither the owner nor an
    administrator adds only what they might fill themselves.
    """
    stored = WebForm.objects.filter(pk=form.pk).values_list("fields", flat=True).first()
    asked = {row["code"] for row in stored or ()}
    known = {one.code for one in askable(form, form.owner)}
    if not form.owner.is_active:
        known |= asked
    if actor.is_superuser or form.owner.pk == actor.pk:
        return known
    return known & (asked | {one.code for one in askable(form, actor)})


def _may_add_for_all(form: WebForm) -> bool:
    if not form.owner.is_active:
        return True  # nobody adds leads by it until it has another owner
    return all(may_add_for(form.owner, _leads(), pk) for pk in form.responsibles)


def _leads() -> int:
    return int(list_of(LEAD).pk)


def _fields(rows: Sequence[Mapping[str, Any]], known: set[str]) -> list[dict[str, Any]]:
    """Each code once, with its label cut."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows[:MOST_FIELDS]:
        code = str(row.get("code", ""))
        if code in known and code not in found:
            label = str(row.get("label", ""))[:MOST_LABEL]
            found[code] = {"code": code, "label": label, "required": bool(row.get("required"))}
    return list(found.values())


def open_form(token: str) -> WebForm:
    """The form behind a public address. Raises NotFound for one that is off or closed."""
    form = WebForm.objects.select_related("owner").filter(token=token, is_on=True).first()
    if form is None or closed(form):
        raise NotFound
    return form


def submit(form: WebForm, values: Mapping[str, Any], origin: Origin, *, address: str) -> int:
    """Make a lead of what a stranger sent, whatever leads have to have today; returns its id.

    Raises TooOften, Invalid (errors by code), Forbidden where the owner may not add leads.
    """
    limit(f"web-form:{form.pk}:{address}", AN_ADDRESS_A_MINUTE)
    limit(f"web-form:{form.pk}", form.a_minute)
    with transaction.atomic(), override(form.owner.language):
        with from_customers():
            row = create_item(LEAD, _lead(form, values, origin), actor=form.owner)
        Submission.objects.create(
            form=form, lead_id=row.pk, page=origin.page, referrer=origin.referrer,
            marks=dict(origin.marks), visitor=origin.visitor, agreed=form.consent,
        )  # fmt: skip
    return int(row.pk)


def _lead(form: WebForm, values: Mapping[str, Any], origin: Origin) -> dict[str, Any]:
    """The lead's values: what was asked for, and what the form adds where its owner may."""
    schema = schema_for(form.owner, list_of(LEAD), new=True)
    open_ = {one.code for one in schema.changeable}
    marks = {mark.upper(): value for mark, value in origin.marks.items()}
    own = {
        "NAME": _title(form, values), "RESPONSIBLE": _next_responsible(form),
        "SOURCE": form.source, "SOURCE_INFO": origin.page, "STAGE": form.stage, **marks,
    }  # fmt: skip
    asked = {code: value for code, value in values.items() if code in open_ and value}
    return {**fitting(schema, own, actor=form.owner), **asked}


def _title(form: WebForm, values: Mapping[str, Any]) -> str:
    who = " ".join(str(values[code]) for code in ("LAST_NAME", "FIRST_NAME") if values.get(code))
    name = _("%(form)s: %(who)s") % {"form": form.name, "who": who} if who else form.name
    return name[:LONGEST_NAME]


def _next_responsible(form: WebForm) -> int:
    """In turns, those who still work here and for whom the owner may add leads now."""
    people = set(
        Employee.objects.filter(pk__in=form.responsibles, is_active=True).values_list(
            "pk", flat=True
        )
    )
    queue = [
        pk for pk in form.responsibles if pk in people and may_add_for(form.owner, _leads(), pk)
    ]
    if not queue:
        return form.owner_id
    WebForm.objects.filter(pk=form.pk).update(turn=F("turn") + 1)
    turn = WebForm.objects.values_list("turn", flat=True).get(pk=form.pk)
    return int(queue[(turn - 1) % len(queue)])


def keep_visit(form: WebForm, visitor: UUID, url: str, referrer: str, *, address: str) -> None:
    """Remember a page that a browser opened. Raises Forbidden (the form keeps none), Invalid,
    TooOften."""
    if not form.visits:
        raise Forbidden
    page = web_address(url)
    if not page:
        raise Invalid({"url": [_("This is no address.")]})
    limit(f"visits:{form.pk}:{visitor}", A_VISITOR_A_DAY, seconds=DAY)
    limit(f"visits:{form.pk}:from:{address}", A_VISITOR_A_DAY * 10, seconds=DAY)
    limit(f"visits:{form.pk}", A_FORM_A_DAY, seconds=DAY)
    Visit.objects.create(
        form=form, visitor=visitor, url=page, referrer=web_address(referrer), marks=marks_of(page)
    )


def forget_visits() -> int:
    """Remove visits older than their form keeps; returns how many."""
    gone = 0
    for pk, days in WebForm.objects.values_list("pk", "visits_days"):
        old = Visit.objects.filter(form=pk, at__lt=timezone.now() - timedelta(days=days))
        gone += old.delete()[0]
    return gone
