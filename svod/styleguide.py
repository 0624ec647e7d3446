"""The page of every component in every state, for developers and browser tests.

Its addresses exist with DEBUG only (svod/urls.py) and in tests/e2e; nothing is stored.
"""

from __future__ import annotations

from itertools import count
from typing import cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from staff.selectors_subjects import suggest as suggest_subjects
from staff.subject_picker import SubjectsField
from svod.base.htmx import go_to, render_page, saved, toast
from svod.base.looks import TONES
from svod.base.widgets import IconSelect, ToneSelect

CITIES = ["Москва", "Санкт-Петербург", "Новосибирск", "Екатеринбург", "Казань", "Йошкар-Ола"]
numbers = count(1)


class Sample(forms.Form):
    """One field of every look."""

    name = forms.CharField(label=_("Name"), help_text="Как на вывеске", max_length=60)
    amount = forms.DecimalField(label=_("Amount"), required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput({"type": "date"}))
    state = forms.ChoiceField(label=_("State"), choices=[("new", "Новая"), ("won", "Выиграна")])
    ways = forms.MultipleChoiceField(
        label=_("Ways"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("air", "Самолёт"), ("rail", "Поезд")],
    )  # fmt: skip
    urgent = forms.BooleanField(label=_("Urgent"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 3}))


class Looks(forms.Form):
    tone = forms.ChoiceField(label=_("Colour"), choices=TONES.items(), widget=ToneSelect)
    icon = forms.CharField(label=_("Icon"), widget=IconSelect)


class Subjects(forms.Form):
    subjects = SubjectsField(label=_("Who may see it"), author=True)


def index(request: HttpRequest) -> HttpResponse:
    """Everything on one page; with POST the sample form, to see its errors."""
    form = Sample(request.POST if request.method == "POST" else None)
    page = Paginator(range(950), 50).get_page(request.GET.get("page", 7))
    context = {
        "form": form,
        "broken": Sample({"b-amount": "десять", "b-state": "new"}, prefix="b"),
        "looks": Looks(initial={"tone": "teal", "icon": "plane"}),
        "tones": TONES,
        **subjects(request),
        "fields_in_order": ["Название", "Сумма", "Ответственный"],
        "page_of_many": page,
        "people": ["Иванова Анна", "Петров Илья", "Ким Роман", "Ёлкина Дарья"],
        "tabs": [
            {"label": "Элементы", "url": "?", "current": True, "icon": "table", "count": 128},
            {"label": "Разделы", "url": "?tab=2", "icon": "folder", "count": None},
            {"label": "Права", "url": "?tab=3", "icon": "lock", "count": None},
        ],
        "jobs": [
            {"state": "running", "title": "Импорт: рейсы.csv", "done": 41200, "total": 336776},
            {"state": "done", "title": "Экспорт", "note": "Готово: 10 000 строк"},
            {"state": "failed", "title": "Импорт", "note": "Строка 17: нет колонки «Город»"},
        ],
    }
    return render(request, "styleguide/index.html", context, status=422 if form.errors else 200)


def subjects(request: HttpRequest) -> dict[str, object]:
    """The first suggestions, drawn and chosen."""
    actor = request.user
    views = suggest_subjects(actor, "", author=True) if isinstance(actor, Employee) else []
    chosen = [view.subject for view in views[:4]]
    return {"subjects": views, "subjects_form": Subjects(initial={"subjects": chosen})}


def panel(request: HttpRequest) -> HttpResponse:
    """A form in a drawer or a dialog; with ?stay=1 a valid one moves to the page."""
    form = Sample(request.POST if request.method == "POST" else None)
    if form.is_valid() and "stay" in request.GET:
        toast(request, "Перешли на страницу")
        return go_to(request, "/_styleguide/")
    if form.is_valid():
        return saved(request, "Сохранено", name=form.cleaned_data["name"])
    status = 422 if form.errors else 200
    return render_page(request, "styleguide/panel.html", {"form": form}, status=status)


def job(request: HttpRequest) -> HttpResponse:
    """The running job, a step further at each poll."""
    done = int(next(numbers)) * 10_000 % 336_776
    running = {"state": "running", "title": "Импорт: рейсы.csv", "done": done, "total": 336776}
    return render(request, "components/job.html", {"job": running, "poll_url": request.path})


def fail(request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse("<p>not for the page</p>", status=status)


def say(request: HttpRequest, level: str) -> HttpResponse:
    toast(request, f"Сообщение: {level}", level)  # type: ignore[arg-type]
    return HttpResponse(status=204)


def suggest(request: HttpRequest) -> JsonResponse:
    """What `<svod-select data-url>` asks."""
    words = request.GET.get("q", "").lower()
    found = [name for name in CITIES if words in name.lower()]
    results = [{"value": name, "text": name, "note": "город", "icon": "map-pin"} for name in found]
    return JsonResponse({"results": results})


def upload(request: HttpRequest) -> JsonResponse:
    """What `<svod-upload>` sends; an .exe is refused."""
    file = cast("UploadedFile[bytes]", request.FILES["file"])
    if str(file.name).endswith(".exe"):
        return JsonResponse({"error": "Файлы этого вида не принимаются."}, status=422)
    return JsonResponse({"id": next(numbers), "name": file.name, "size": file.size})


def order(request: HttpRequest) -> HttpResponse:
    """What `<svod-sortable>` posts; an order that begins with 3 is refused."""
    return HttpResponse(status=403 if request.POST.getlist("ids")[0] == "3" else 204)


def move(request: HttpRequest) -> HttpResponse:
    """What `<svod-tree>` posts."""
    if request.POST["id"] == request.POST["parent"]:
        return HttpResponse("Нельзя переместить в себя", status=422)
    return HttpResponse(status=204)


urlpatterns = [
    path("", index, name="styleguide"),
    path("panel/", panel, name="styleguide_panel"),
    path("job/", job, name="styleguide_job"),
    path("fail/<int:status>/", fail, name="styleguide_fail"),
    path("say/<str:level>/", say, name="styleguide_say"),
    path("suggest/", suggest, name="styleguide_suggest"),
    path("upload/", upload, name="styleguide_upload"),
    path("order/", order, name="styleguide_order"),
    path("move/", move, name="styleguide_move"),
]
