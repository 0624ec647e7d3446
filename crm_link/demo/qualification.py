"""Lead qualification and robots of the demo: leads being asked about, one of them too late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from moneyed import Money

from crm_link.kinds import DEAL, LEAD
from crm_link.models import Questionnaire, Robot, Stage
from crm_link.selectors.kinds import list_of
from crm_link.services.items import create_item
from crm_link.services.qualification import set_up_qualification
from crm_link.services.robots import add_robot
from lists_core.models import FieldOption
from lists_core.schema.cache import schema_of
from lists_core.services.elements import update_element
from staff.models import Employee
from workflows.demo.loading import settle
from workflows.engine.work import work_all
from workflows.services.events import handle_events

LATE = "Облицовка фасада: заявка с сайта"
FULL = "Столешница из кварца, 4 метра"
HALF = "Мрамор для ванной"
SOME_DAYS = timedelta(days=5)
SELLER = "olga.petrova"


def load(actor: Employee, people: Mapping[str, Employee]) -> None:
    """Nothing where there is a questionnaire already."""
    if Questionnaire.objects.exists():
        return
    set_up_qualification(actor=actor)
    _robots(actor)
    settle()  # the leads that are in work already are asked about
    _answer(HALF, {"PRODUCT_PLACE": "Ванная", "PRODUCT_SIZES": "3,2 м²"}, actor)
    _past(LATE, people[SELLER], actor)
    _past(FULL, people[SELLER], actor)
    _answer(FULL, _whole(), actor)
    settle()


def _past(name: str, seller: Employee, actor: Employee) -> None:
    """A lead that was taken into work some days ago."""
    stage = Stage.objects.get(option__field__list=list_of(LEAD), code="IN_PROCESS")
    values = {"NAME": name, "STAGE": stage.pk, "RESPONSIBLE": seller.pk}
    create_item(LEAD, values, actor=actor)
    moment = timezone.now() - SOME_DAYS
    while handle_events(moment):
        pass
    work_all(moment)


def _answer(name: str, values: Mapping[str, Any], actor: Employee) -> None:
    list_ = list_of(LEAD)
    row = schema_of(list_).model.objects.filter(name=name, deleted_at=None).first()
    if row is not None:
        update_element(list_.pk, row.pk, values, version=row.version, actor=actor)


def _whole() -> dict[str, Any]:
    return {
        "PRODUCT_PLACE": "Кухня",
        "PRODUCT_SIZES": "4000 × 600 × 20 мм",
        "PRODUCT_MATERIALS": [_option("PRODUCT_MATERIALS", "Кварц")],
        "PRODUCT_COLORS": "Белый с серой жилой",
        "SERVICE_MEASURING": _option("SERVICE_MEASURING", "Нужно"),
        "SERVICE_DELIVERY": _option("SERVICE_DELIVERY", "До квартиры"),
        "CLIENT_PAYMENT": _option("CLIENT_PAYMENT", "Картой"),
        "CLIENT_BUDGET": Money(180_000, "RUB"),
        "CLIENT_TERM": timezone.localdate() + timedelta(days=21),
    }


def _option(code: str, name: str) -> int:
    rows = FieldOption.objects.filter(field__list=list_of(LEAD), field__code=code)
    return rows.get(name=name).pk


def _robots(actor: Employee) -> None:
    """One on new leads, one on deals that are won."""
    if Robot.objects.exists():
        return
    call = {"kind": "call", "subject": "Позвонить: {{Document.NAME}}",
            "period": {"amount": 2, "unit": "working_hours"}}  # fmt: skip
    new = Stage.objects.get(option__field__list=list_of(LEAD), code="NEW")
    add_robot(new.pk, "crm_activity", actor=actor, name="Поставить звонок", params=call)
    won = Stage.objects.filter(option__field__list=list_of(DEAL), code="WON").first()
    if won is not None:
        text = {"text": "Сделка выиграна: спросите отзыв и предложите уход за камнем."}
        delay = {"period": {"amount": 7, "unit": "days"}}
        add_robot(won.pk, "crm_note", actor=actor, name="Напомнить об отзыве", params=text,
                  delay=delay)  # fmt: skip
