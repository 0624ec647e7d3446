"""The list "Роли" and a process that finds the employee for a role by reading it."""

from __future__ import annotations

from collections.abc import Mapping

from lists_core.demo.loading import DemoField, DemoList, load_list
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element
from staff.models import Employee
from workflows.demo.loading import published, step
from workflows.models import Template
from workflows.services.instances import start

CODE, PROCESS = "DEMO_ROLES", "demo-role-task"
ROLES = [
    ("Юрист по договорам", "LAWYER", "pavel.gromov", "Проверяет договоры до подписания."),
    ("Секретарь", "OFFICE", "marina.lebedeva", "Ведёт входящие и исходящие."),
    ("Работа с рекламациями", "CLAIMS", "olga.petrova", "Отвечает клиентам на рекламации."),
    ("Директор", "DIRECTOR", "igor.vorontsov", "Согласует крупные договоры."),
    ("Главный бухгалтер", "ACCOUNTANT", "elena.kuznetsova", "Согласует крупные договоры."),
]


def load_roles(actor: Employee, people: Mapping[str, Employee]) -> List:
    present = List.objects.filter(code=CODE).first()
    if present:
        return present
    list_ = load_list(_list(), actor=actor)
    for name, code, login, note in ROLES:
        values = {"NAME": name, "CODE": code, "EMPLOYEE": people[login].pk, "NOTE": note}
        create_element(list_.pk, values, actor=actor)
    return list_


def _list() -> DemoList:
    return DemoList(
        code=CODE,
        settings={
            "name": "Роли",
            "description": "Кто за что отвечает: процессы находят сотрудника по роли.",
            "icon": "users",
            "color": "purple",
            "sort": 130,
            "captions": {
                "element_name": "Роль",
                "elements_name": "Роли",
                "element_add": "Добавить роль",
                "name_field": "Роль",
            },
        },
        fields=[
            DemoField("CODE", "string", "Код", {"rows": 1}, {"unique": True, "required": True}),
            DemoField("EMPLOYEE", "employee", "Сотрудник", {}, {"required": True}),
            DemoField("NOTE", "string", "Чем занимается", {"rows": 2}),
        ],
        rows=(),
        everyone="view",
    )  # fmt: skip


def load_role_process(
    tasks: List, roles: List, *, actor: Employee, people: Mapping[str, Employee]
) -> None:
    """On the list "Задачи отдела": hand the task to whoever fills a role; one is handed over."""
    if Template.objects.filter(code=PROCESS).exists():
        return
    made = _publish(tasks, roles, actor)
    role = schema_of(roles).model.objects.get(name=ROLES[-1][0])
    task = schema_of(tasks).model.objects.order_by("pk").first()
    note = "Нужно до конца недели, спросите, если чего-то не хватает."
    start(made, actor=people["igor.vorontsov"], subject_id=task.pk,
          parameters={"role": role.pk, "note": note})  # fmt: skip


def _publish(tasks: List, roles: List, actor: Employee) -> Template:
    role = {"code": "role", "label": "Роль", "kind": "element", "required": True,
            "settings": {"list": roles.pk, "look": "select"}}  # fmt: skip
    note = {"code": "note", "label": "Пояснение", "kind": "string"}
    steps = [
        step("role", "element_read", "Найти сотрудника по роли",
             list=roles.pk, element="{{Parameter.role}}"),
        step("assign", "element_update", "Назначить исполнителя",
             values={"ASSIGNEE": "{{Step.role.EMPLOYEE}}", "STATE": "В работе"}),
        step("task", "task", "Выполнить", title="{{Document.NAME}}", text="{{Parameter.note}}",
             people=["{{Step.role.EMPLOYEE}}"], observers=["starter"],
             period={"amount": 3, "unit": "working_days"},
             remind={"amount": 1, "unit": "working_days"}, late="add",
             late_period={"amount": 2, "unit": "working_days"}),
        step("close", "element_update", "Отметить итог",
             values={"STATE": "Готово", "DONE": "да"}),
    ]  # fmt: skip
    return published(
        PROCESS, "Поручить по роли",
        "Находит сотрудника по роли в списке «Роли» и ставит ему задание.",
        tasks, steps, actor=actor, parameters=[role, note],
    )  # fmt: skip
