"""The process of the list "Документы": number, role, route by kind and amount, answer."""

from __future__ import annotations

from typing import Any

from lists_core.models import FieldOption, List
from lists_core.services.elements import create_element
from staff.models import Employee
from workflows.demo.answer import answer_template
from workflows.demo.loading import Step, equal, fork, option, published, step, variable
from workflows.models import NumeratorList

NUMERATORS = {
    "Входящее": "ВХ-{year}/{number:03}",
    "Исходящее": "ИСХ-{year}/{number:03}",
    "Договор": "ДОГ-{year}-{number:05}",
    "Рекламация": "РЕК-{year}/{number:03}",
}
ROLES = {"Входящее": "OFFICE", "Исходящее": "OFFICE", "Договор": "LAWYER", "Рекламация": "CLAIMS"}
#: Contracts from this sum on are approved by the director and the chief accountant too, roubles.
LARGE = "500000"
TWO_DAYS = {"amount": 2, "unit": "working_days"}
DAY = {"amount": 1, "unit": "working_days"}


def publish_document_process(
    list_: List, roles: List, numerators: List, *, actor: Employee
) -> None:
    kinds = {name: option(list_, "KIND", name) for name in NUMERATORS}
    numbers = {name: numerator(numerators, name, actor) for name in NUMERATORS}
    template = answer_template(list_, actor=actor)
    routes = {"Входящее": _incoming(), "Исходящее": _outgoing(), "Договор": _contract(roles),
              "Рекламация": _claim(template)}  # fmt: skip
    steps = [
        fork("kind", "Что за документ?", *(
            (name, _is(kinds[name]), _numbered(place, name, numbers[name], numerators))
            for place, name in enumerate(kinds)
        )),
        step("register", "element_update", "Зарегистрировать",
             values={"NUMBER": "{{Variable.number}}", "STATE": "Зарегистрирован",
                     "REGISTERED": "{{Process.started_at}}"}),
        _find_role("role", "{{Variable.role}}", roles),
        step("assign", "element_update", "Назначить ответственного",
             values={"RESPONSIBLE": "{{Step.role.first.EMPLOYEE}}", "STATE": "На рассмотрении"}),
        fork("route", "Куда дальше?", *(
            (name, _is(kinds[name]), route) for name, route in routes.items()
        )),
    ]  # fmt: skip
    published(
        "demo-documents", "Регистрация и рассмотрение",
        "Номер по виду документа, ответственный по роли, согласование по сумме, ответ из шаблона.",
        list_, steps, actor=actor, triggers=[{"event": "created"}],
        variables=[variable("number", "Номер"), variable("role", "Роль")],
    )  # fmt: skip


def numerator(numerators: List, name: str, actor: Employee) -> int:
    values: dict[str, Any] = {
        "NAME": f"Документы: {name.lower()}",
        NumeratorList.FORMAT: NUMERATORS[name],
    }
    yearly = FieldOption.objects.get(
        field__list=numerators, field__code=NumeratorList.RESET, code="year"
    )
    values[NumeratorList.RESET] = yearly.pk
    row = create_element(numerators.pk, values, actor=actor)
    return int(row.pk)


def _is(kind: str) -> dict[str, Any]:
    return equal("{{Document.KIND}}", kind)


def _numbered(place: int, name: str, numerator_id: int, numerators: List) -> list[Step]:
    own = f"number{place}"
    return [
        step(own, "next_number", "Взять номер", list=numerators.pk, numerator=numerator_id),
        step(f"keep{place}", "set_variable", "Запомнить номер",
             variable="number", value=f"{{{{Step.{own}.number}}}}"),
        step(f"whose{place}", "set_variable", "Чья работа", variable="role", value=ROLES[name]),
    ]  # fmt: skip


def _find_role(step_id: str, code: str, roles: List) -> Step:
    asked = {"and": [{"field": "CODE", "op": "eq", "value": [code]}]}
    return step(step_id, "element_find", "Найти сотрудника по роли", list=roles.pk, filter=asked,
                limit=1)  # fmt: skip


def _approval(step_id: str, name: str, people: list[str], **more: Any) -> Step:
    return step(step_id, "approve", name, title="Согласовать {{Document.NUMBER}}: "
                "{{Document.NAME}}", text="{{Document.TEXT}}", people=people, period=TWO_DAYS,
                remind=DAY, late="reassign", late_period=TWO_DAYS,
                show=["PARTNER", "AMOUNT", "TEXT"], **more)  # fmt: skip


def _state(step_id: str, name: str) -> Step:
    return step(step_id, "element_update", name, values={"STATE": name})


def _incoming() -> list[Step]:
    return [
        step("do", "task", "Исполнить", title="Исполнить {{Document.NUMBER}}: {{Document.NAME}}",
             text="{{Document.TEXT}}", people=["{{Document.RESPONSIBLE}}"],
             period={"amount": 10, "unit": "working_days"}, remind=TWO_DAYS, remind_again=DAY,
             daily=True, late="add", late_period={"amount": 5, "unit": "working_days"},
             show=["PARTNER", "TEXT"]),
        _state("in_done", "Исполнен"),
    ]  # fmt: skip


def _outgoing() -> list[Step]:
    yes = equal("{{Step.out.outcome}}", "yes")
    letter = step("out_mail", "mail", "Отправить письмо", addresses="{{Document.EMAIL}}",
                  subject="{{Document.NUMBER}}: {{Document.NAME}}",
                  body="{{Document.TEXT}}")  # fmt: skip
    return [
        _approval("out", "Согласовать", ["{{Document.RESPONSIBLE}}"]),
        fork("out_way", "Согласовано?",
             ("Да", yes, [letter, _state("out_done", "Исполнен")]),
             ("Нет", None, [_state("out_no", "Отклонён")])),
    ]  # fmt: skip


def _contract(roles: List) -> list[Step]:
    large = {"and": [{"left": "{{Document.AMOUNT}}", "op": "ge", "right": LARGE}]}
    bosses = ["{{Step.director.first.EMPLOYEE}}", "{{Step.accountant.first.EMPLOYEE}}"]
    return [
        _approval("lawyer", "Проверить договор", ["{{Document.RESPONSIBLE}}"]),
        fork("checked", "Юрист согласовал?",
             ("Нет", {"and": [{"left": "{{Step.lawyer.outcome}}", "op": "ne", "right": "yes"}]},
              [_state("contract_no", "Отклонён")]),
             ("Да, сумма большая", large, [
                 _find_role("director", "DIRECTOR", roles),
                 _find_role("accountant", "ACCOUNTANT", roles),
                 _approval("bosses", "Согласовать с руководством", bosses, mode="all"),
                 fork("agreed", "Все согласны?",
                      ("Да", equal("{{Step.bosses.outcome}}", "yes"),
                       [_state("large_yes", "Согласован")]),
                      ("Нет", None, [_state("large_no", "Отклонён")])),
             ]),
             ("Да", None, [_state("small_yes", "Согласован")])),
    ]  # fmt: skip


def _claim(template: int) -> list[Step]:
    question = {"title": "Ответ клиенту", "fields": [
        {"code": "ANSWER", "label": "Ответ", "kind": "string", "required": True},
    ]}  # fmt: skip
    return [
        step("ask", "request_info", "Написать ответ",
             title="Ответить на рекламацию {{Document.NUMBER}}: {{Document.NAME}}",
             text="{{Document.TEXT}}", people=["{{Document.RESPONSIBLE}}"], groups=[question],
             write=True, period={"amount": 5, "unit": "working_days"}, remind=DAY,
             late="reassign", show=["PARTNER", "AMOUNT", "TEXT"]),
        step("letter", "document", "Составить ответ", template=template, field="FILES",
             name="Ответ на рекламацию"),
        step("send", "mail", "Отправить ответ", addresses="{{Document.EMAIL}}",
             subject="Ответ на рекламацию {{Document.NUMBER}}", body="{{Document.ANSWER}}",
             files=["FILES"]),
        _state("claim_done", "Исполнен"),
    ]  # fmt: skip
