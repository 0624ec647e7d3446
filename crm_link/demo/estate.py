"""Real estate of the demo: objects that deals book, and the contract that a booking makes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from crm_link.kinds import DEAL
from crm_link.models import BookingRule, Stage
from crm_link.selectors.kinds import list_of
from crm_link.services.booking_rules import save_booking_rule
from crm_link.services.items import create_item
from crm_link.services.stages import create_pipeline
from lists_core.demo.loading import DemoField, DemoList, load_list, options
from lists_core.models import Field, FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.services.fields import create_field
from staff.models import Employee
from workflows.services.document_templates import create_document_template

CODE = "DEMO_ESTATE"
HOUSES = (("ЖК «Сосны»", "ул. Лесная, 12", 185_000), ("ЖК «Набережный»", "Речная наб., 4", 240_000))
STATES = {"Свободен": "green", "Забронирован": "amber", "Продан": "grey"}
CONTRACT = "Предварительный договор"
LINES = (
    "Сделка: {{ NAME }}",
    "Объект: {{ OBJECT_ADDRESS }}, этаж {{ OBJECT_FLOOR }}, площадь {{ OBJECT_AREA }}.",
    "Цена объекта: {{ AMOUNT }} ({{ AMOUNT|прописью }}).",
    "Дата: {{ today|дата_словами }}.",
    "Продавец: ________________    Покупатель: ________________",
)
HIDDEN = {"show_in_list": False}
WHOLE = {"precision": 0}


class Flat(NamedTuple):
    rooms: int
    area: str
    floor: int


FLATS = (Flat(1, "38.4", 2), Flat(2, "54.1", 3), Flat(3, "78.9", 5), Flat(1, "41.2", 7),
         Flat(2, "61.0", 9), Flat(3, "92.5", 12))  # fmt: skip


def load_estate(actor: Employee, people: Mapping[str, Employee]) -> None:
    """Nothing where the list is there already."""
    if List.objects.filter(code=CODE).exists():
        return
    objects = load_list(_list(), actor=actor)
    deals = list_of(DEAL)
    fields = {
        code: create_field(deals.pk, kind, actor=actor, code=code, name=name, settings=settings,
                           sort=700 + place, **given)
        for place, (code, kind, name, settings, given) in enumerate(_of_deals(objects))
    }  # fmt: skip
    _rule(objects, deals, fields, actor)
    _deals(objects, people["artem.nikitin"], actor)


def _list() -> DemoList:
    return DemoList(
        code=CODE,
        settings={
            "name": "Объекты недвижимости",
            "description": "Квартиры в продаже. Бронирует сделка, проигранная — освобождает.",
            "icon": "building",
            "color": "green",
            "sort": 120,
            "captions": {"element": "Объект", "elements": "Объекты",
                         "element_add": "Добавить объект"},
        },
        fields=[
            DemoField("STATUS", "list", "Статус", options(**STATES)),
            DemoField("HOUSE", "string", "Дом", {"rows": 1}),
            DemoField("ADDRESS", "string", "Адрес", {"rows": 1}),
            DemoField("FLAT", "number", "Квартира", WHOLE | {"plain": True}),
            DemoField("ROOMS", "number", "Комнат", WHOLE),
            DemoField("AREA", "number", "Площадь", {"precision": 1, "unit": "м²"}),
            DemoField("FLOOR", "number", "Этаж", WHOLE),
            DemoField("PRICE", "money", "Цена", {"currencies": ["RUB"], "currency": "RUB"}),
            DemoField("DEAL", "crm", "Сделка", {"kinds": ["deal"], "visible": False},
                      {"readonly_in_add": True, "readonly_in_edit": True}),
            DemoField("PLAN", "file", "Планировка", {}, HIDDEN),
        ],
        rows=[_row(house, number) for house in range(len(HOUSES)) for number in range(len(FLATS))],
    )  # fmt: skip


def _row(house: int, number: int) -> dict[str, str]:
    (name, address, price), flat = HOUSES[house], FLATS[number]
    return {
        "NAME": f"{name}, кв. {number * 7 + 3}",
        "STATUS": "Свободен",
        "HOUSE": name,
        "ADDRESS": address,
        "FLAT": str(number * 7 + 3),
        "ROOMS": str(flat.rooms),
        "AREA": flat.area,
        "FLOOR": str(flat.floor),
        "PRICE": f"{int(Decimal(flat.area) * price)} RUB",
    }


def _of_deals(objects: List) -> list[tuple[str, str, str, dict[str, Any], dict[str, Any]]]:
    own = {**HIDDEN, "show_in_add": False, "readonly_in_edit": True}
    return [
        ("OBJECT", "element", "Объект недвижимости", {"list": objects.pk, "look": "search"},
         HIDDEN),
        ("OBJECT_ADDRESS", "string", "Адрес объекта", {"rows": 1}, own),
        ("OBJECT_AREA", "number", "Площадь объекта", {"precision": 1, "unit": "м²"}, own),
        ("OBJECT_FLOOR", "number", "Этаж объекта", WHOLE, own),
        ("CONTRACTS", "file", "Договоры", {}, {**HIDDEN, "multiple": True}),
    ]  # fmt: skip


def _rule(objects: List, deals: List, fields: Mapping[str, Field], actor: Employee) -> BookingRule:
    own = {one.code: one for one in Field.objects.filter(list=objects)}
    states = {one.name: one for one in FieldOption.objects.filter(field=own["STATUS"])}
    amount = Field.objects.get(list=deals, code="AMOUNT")
    copies = [("ADDRESS", fields["OBJECT_ADDRESS"]), ("AREA", fields["OBJECT_AREA"]),
              ("FLOOR", fields["OBJECT_FLOOR"]), ("PRICE", amount)]  # fmt: skip
    upload = SimpleUploadedFile("contract.docx", _contract())
    template = create_document_template(
        actor=actor, name=CONTRACT, upload=upload, list_id=deals.pk,
        file_name=f"{CONTRACT} {{{{ NAME }}}}",
    )  # fmt: skip
    given = {
        "name": "Квартиры",
        "link": fields["OBJECT"],
        "status": own["STATUS"],
        "free": states["Свободен"],
        "booked": states["Забронирован"],
        "sold": states["Продан"],
        "holder": own["DEAL"],
        "days": 14,
        "copies": [[own[code].pk, into.pk] for code, into in copies],
        "shown": [own[code].pk for code in ("ROOMS", "AREA", "FLOOR", "PRICE")],
        "documents": [template],
        "documents_field": fields["CONTRACTS"],
    }
    return save_booking_rule(None, given, actor=actor)


def _contract() -> bytes:
    document = Document()
    document.add_heading(CONTRACT, level=1)
    for line in LINES:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _deals(objects: List, seller: Employee, actor: Employee) -> None:
    """A pipeline of its own, with one flat booked and one buyer who still chooses."""
    pipeline = create_pipeline(list_of(DEAL), "Недвижимость", actor=actor)
    stage = Stage.objects.filter(pipeline=pipeline).order_by("option__sort")[1]
    model = schema_of(List.objects.get(pk=objects.pk)).model
    first = model.objects.order_by("pk").values_list("pk", flat=True)[1]
    for name, flat in (("Квартира для семьи Фоминых", first), ("Студия для сына", None)):
        values = {"NAME": name, "OBJECT": flat, "RESPONSIBLE": seller.pk, "STAGE": stage.pk}
        create_item(DEAL, values, actor=actor, pipeline_id=pipeline.pk)
