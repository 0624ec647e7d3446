"""Cities of Russia and their regions."""

from __future__ import annotations

from collections.abc import Iterator

from lists_core.demo.loading import DemoField, DemoList, Row, load_list, options, table
from lists_core.models import List
from staff.models import Employee

DISTRICTS = {
    "Центральный": "red",
    "Северо-Западный": "blue",
    "Южный": "orange",
    "Северо-Кавказский": "amber",
    "Приволжский": "green",
    "Уральский": "teal",
    "Сибирский": "indigo",
    "Дальневосточный": "purple",
}
#: Names of regions as people say them: type before or after the name.
AFTER = {"обл": "область", "край": "край", "АО": "автономный округ", "Аобл": "автономная область"}
HIDDEN = {"show_in_list": False}


def load_places(*, actor: Employee) -> tuple[List, List]:
    """The lists "Регионы" and "Города России"."""
    regions = load_list(_regions(), actor=actor)
    return regions, load_list(_cities(regions), actor=actor)


def _regions() -> DemoList:
    return DemoList(
        code="DEMO_REGIONS",
        settings={
            "name": "Регионы",
            "description": "Субъекты Российской Федерации и их федеральные округа.",
            "icon": "map-2",
            "color": "teal",
            "sort": 210,
        },
        fields=[DemoField("DISTRICT", "list", "Федеральный округ", options(**DISTRICTS))],
        rows=_region_rows(),
    )


def _region_rows() -> Iterator[Row]:
    districts = {region_name(row): row["federal_district"] for row in table("cities.csv.gz")}
    for name, district in sorted(districts.items()):
        yield {"NAME": name, "DISTRICT": district}


def region_name(row: Row) -> str:
    name, kind = row["region"], row["region_type"]
    if kind == "Респ":
        return name if name.endswith("республика") else f"Республика {name}"
    return f"{name} {AFTER[kind]}" if kind in AFTER else name


def _cities(regions: List) -> DemoList:
    digits = {"plain": True, "precision": 0, "unit": ""}
    return DemoList(
        code="DEMO_CITIES",
        settings={
            "name": "Города России",
            "description": "1117 городов из таблицы hflabs/city (DaData, Википедия), CC BY-SA 4.0.",
            "icon": "building",
            "color": "blue",
            "sort": 200,
            "captions": {
                "element_name": "Город",
                "elements_name": "Города",
                "element_add": "Добавить город",
            },
        },
        fields=[
            DemoField("REGION", "element", "Регион", {"list": regions.pk, "look": "search"}),
            DemoField("POPULATION", "number", "Население", {"precision": 0, "unit": "чел."}),
            DemoField("FOUNDED", "number", "Год основания", digits),
            DemoField("CAPITAL", "boolean", "Центр региона"),
            DemoField("POINT", "map_point", "На карте"),
            DemoField("ZONE", "list", "Часовой пояс", {"look": "select", "grow": True}),
            DemoField("POSTAL_CODE", "string", "Индекс", {"rows": 1, "mask": "999999"}),
            DemoField("OKATO", "string", "ОКАТО", {"rows": 1}, HIDDEN),
            DemoField("OKTMO", "string", "ОКТМО", {"rows": 1}, HIDDEN),
            DemoField("KLADR", "string", "КЛАДР", {"rows": 1}, HIDDEN),
        ],
        sections=list(DISTRICTS),
        rows=_city_rows(),
    )


def _city_rows() -> Iterator[Row]:
    for row in table("cities.csv.gz"):
        yield {
            "NAME": row["city"] or row["settlement"] or row["area"] or row["region"],
            "SECTION": row["federal_district"],
            "REGION": region_name(row),
            "POPULATION": row["population"],
            "FOUNDED": row["foundation_year"],
            "CAPITAL": "да" if row["capital_marker"] == "2" else "нет",
            "POINT": f"{row['geo_lat']}, {row['geo_lon']}",
            "ZONE": row["timezone"],
            "POSTAL_CODE": row["postal_code"],
            "OKATO": row["okato"],
            "OKTMO": row["oktmo"],
            "KLADR": row["kladr_id"],
        }
