"""What is to be done for clients: a backlog bound to companies, moved by its status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crm_link.kinds import COMPANY
from crm_link.services.tabs import set_figures
from lists_core.demo.loading import DemoField, DemoList, Row, load_list, options
from lists_core.models import FieldOption, List
from lists_core.schema.cache import schema_of
from staff.models import Employee

CODE = "DEMO_BACKLOG"
STATUSES = {
    "Новая": "grey", "В очереди": "blue", "В работе": "amber", "На проверке": "purple",
    "Готово": "green",
}  # fmt: skip
PRIORITIES = {"Срочно": "red", "Высокий": "orange", "Обычный": "blue", "Низкий": "grey"}
TASKS = (
    # task, company, status, priority, hours, who answers
    ("Шаблон договора на подряд", "ООО «Северный дом»", "В работе", "Высокий", 6, "olga.petrova"),
    ("Выгрузка остатков по складу раз в день", "ООО «Северный дом»", "В очереди", "Обычный", 14,
     "artem.nikitin"),
    ("Акты сверки за квартал", "ООО «Северный дом»", "Новая", "Обычный", 3, "vera.egorova"),
    ("Портал заявок для объектов", "ООО «Северный дом»", "Новая", "Низкий", 40, "artem.nikitin"),
    ("Фотоотчёт по номерам", "АО «Волга-Отель»", "На проверке", "Высокий", 5, "vera.egorova"),
    ("График поставок по этажам", "АО «Волга-Отель»", "Готово", "Срочно", 8, "olga.petrova"),
    ("Паспорта изделий на столешницы", "ООО «Уютные кухни»", "В работе", "Срочно", 12,
     "artem.nikitin"),
    ("Каталог декоров для салона", "ИП Карпова А. В.", "В очереди", "Обычный", 10, "olga.petrova"),
)  # fmt: skip


def load(actor: Employee, people: Mapping[str, Employee]) -> None:
    """Nothing where the list is there already."""
    if List.objects.filter(code=CODE).exists():
        return
    list_ = load_list(_backlog(people), actor=actor)
    schema = schema_of(list_)
    ready = FieldOption.objects.get(field=schema["STATUS"].field, name="Готово")
    hours = schema["HOURS"].field.pk
    told = [("count", "Задач"), (f"number:{ready.pk}", "Готово"), (f"sum:{hours}", "Оценка")]
    set_figures(COMPANY, list_, told, actor=actor)


def _backlog(people: Mapping[str, Employee]) -> DemoList:
    return DemoList(
        code=CODE,
        settings={
            "name": "Бэклог",
            "description": "Задачи для клиента: вкладка в карточке компании, доска по статусам.",
            "icon": "list-check",
            "color": "amber",
            "sort": 330,
            "captions": {
                "name_field": "Задача",
                "element_name": "Задача",
                "elements_name": "Задачи",
                "element_add": "Добавить задачу",
                "element_edit": "Изменить задачу",
                "element_delete": "Удалить задачу",
            },
        },
        fields=[
            DemoField("COMPANY", "crm", "Клиент", {"kinds": ["company"], "visible": True},
                      {"required": True}),
            DemoField("STATUS", "list", "Статус", options(**STATUSES)),
            DemoField("PRIORITY", "list", "Приоритет", options(**PRIORITIES)),
            DemoField("HOURS", "number", "Оценка", {"precision": 0, "unit": "ч", "plain": False}),
            DemoField("RESPONSIBLE", "employee", "Ответственный"),
        ],
        rows=list(_rows(people)),
    )  # fmt: skip


def _rows(people: Mapping[str, Employee]) -> Iterator[Row]:
    for task, company, status, priority, hours, login in TASKS:
        yield {
            "NAME": task,
            "COMPANY": company,
            "STATUS": status,
            "PRIORITY": priority,
            "HOURS": str(hours),
            "RESPONSIBLE": str(people[login]),
        }
