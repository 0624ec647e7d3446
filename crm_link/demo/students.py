"""Students of the demo's courses: bound to the deal by which a firm ordered their training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.utils import timezone
from moneyed import Money

from crm_link.demo.items import SELLERS
from crm_link.figures import measures
from crm_link.kinds import DEAL
from crm_link.selectors.kinds import list_of
from crm_link.services.items import create_item
from crm_link.services.tabs import set_figures
from lists_core.demo.loading import DemoField, DemoList, Row, load_list, options
from lists_core.models import FieldOption, List
from lists_core.schema.cache import schema_of
from staff.models import Employee

CODE = "DEMO_STUDENTS"
#: The deal, its client's number among the firms of the demo, its sum.
GROUPS = (
    ("Обучение монтажников: кварц и гранит, группа 4", "ООО «Уютные кухни»", 186_000),
    ("Курс «Укладка крупного формата»", "ООО «Мастерская пола»", 124_000),
)
RESULTS = {"Сдал": "green", "Не сдал": "red", "Пересдача": "amber", "Ещё не сдавал": "grey"}
COURSES = {"Обработка кварца": "teal", "Монтаж столешниц": "blue", "Крупный формат": "purple"}
STUDENTS = (
    # name, group, course, result, days since the certificate, score
    ("Афанасьев Илья Петрович", 0, "Обработка кварца", "Сдал", 12, 92),
    ("Белоусов Артём Игоревич", 0, "Обработка кварца", "Сдал", 12, 87),
    ("Гордеева Мария Львовна", 0, "Монтаж столешниц", "Сдал", 11, 95),
    ("Дьячков Семён Олегович", 0, "Монтаж столешниц", "Пересдача", None, 54),
    ("Ермолаев Кирилл Юрьевич", 0, "Обработка кварца", "Не сдал", None, 38),
    ("Зуева Анна Павловна", 0, "Монтаж столешниц", "Сдал", 11, 81),
    ("Калинин Пётр Андреевич", 1, "Крупный формат", "Сдал", 3, 78),
    ("Лазарев Денис Викторович", 1, "Крупный формат", "Ещё не сдавал", None, None),
    ("Мухина Ольга Сергеевна", 1, "Крупный формат", "Сдал", 3, 89),
    ("Носов Глеб Романович", 1, "Крупный формат", "Ещё не сдавал", None, None),
)


def load(actor: Employee, people: Mapping[str, Employee]) -> None:
    """Nothing where the list is there already."""
    if List.objects.filter(code=CODE).exists():
        return
    for name, firm, amount in GROUPS:
        _deal(name, firm, amount, people[SELLERS[0]], actor)
    list_ = load_list(_students(), actor=actor)
    _figures(list_, actor)


def _deal(name: str, firm: str, amount: int, seller: Employee, actor: Employee) -> None:
    schema = schema_of(list_of(DEAL))
    company = schema["COMPANY"].from_texts([firm], actor=actor)[firm]
    values = {
        "NAME": name,
        "AMOUNT": Money(amount, "RUB"),
        "COMPANY": company if isinstance(company, int) else None,
        "RESPONSIBLE": seller.pk,
        "CLOSE_DATE": timezone.localdate() + timedelta(days=20),
    }
    create_item(DEAL, values, actor=actor)


def _students() -> DemoList:
    return DemoList(
        code=CODE,
        settings={
            "name": "Студенты",
            "description": "Кого обучаем по сделке и с каким результатом: вкладка в её карточке.",
            "icon": "school",
            "color": "purple",
            "sort": 320,
            "captions": {
                "name_field": "ФИО",
                "element_name": "Студент",
                "elements_name": "Студенты",
                "element_add": "Добавить студента",
                "element_edit": "Изменить студента",
                "element_delete": "Удалить студента",
            },
        },
        fields=[
            DemoField("DEAL", "crm", "Сделка", {"kinds": ["deal"], "visible": True},
                      {"required": True}),
            DemoField("COURSE", "list", "Курс", options(**COURSES)),
            DemoField("RESULT", "list", "Результат аттестации", options(**RESULTS)),
            DemoField("CERTIFIED_ON", "date", "Дата сертификата"),
            DemoField("SCORE", "number", "Балл", {"precision": 0, "unit": "", "plain": False}),
        ],
        rows=list(_rows()),
    )  # fmt: skip


def _rows() -> Iterator[Row]:
    today = timezone.localdate()
    for name, group, course, result, days, score in STUDENTS:
        certified = today - timedelta(days=days) if days is not None else None
        yield {
            "NAME": name,
            "DEAL": GROUPS[group][0],
            "COURSE": course,
            "RESULT": result,
            "CERTIFIED_ON": certified.isoformat() if certified else "",
            "SCORE": str(score) if score is not None else "",
        }


def _figures(list_: List, actor: Employee) -> None:
    """The deal tells how many students there are, how many have passed, their average score."""
    schema = schema_of(list_)
    passed = FieldOption.objects.get(field=schema["RESULT"].field, name="Сдал")
    score = schema["SCORE"].field.pk
    told = [
        (measures.get("count").slug, "Студентов"),
        (f"number:{passed.pk}", "Сдали"),
        (f"share:{passed.pk}", "Доля сдавших"),
        (f"average:{score}", "Средний балл"),
    ]
    set_figures(DEAL, list_, told, actor=actor)
