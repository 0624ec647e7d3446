"""Samples of the types that stand on their own."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from hypothesis import strategies as st
from moneyed import Money

from lists_core.field_types.map_point import Point
from lists_core.schema.fields import SchemaField
from tests.contract.oracles import choices, comparisons, days, text_key, words
from tests.contract.samples import Ask, Sample, register

LETTERS = "абвёжяАЁЯЖabzAZ019 .,-_%\\'\"<>&/()!|№"
WORDS = st.one_of(
    st.sampled_from(["Ель", "ёлка", "Ёж", "ясень", "100%", "a_b", "O'Neil", "10", "9", "zebra"]),
    # Not st.text: it draws from the constants of loaded modules, which differ at a replay.
    st.lists(st.sampled_from(LETTERS), min_size=1, max_size=12).map("".join),
)
TEXTS = WORDS.map(lambda text: text.strip() or "x")


def decimals(places: int, size: int) -> st.SearchStrategy[Decimal]:
    """Few enough different numbers that some are equal, and some large ones."""
    small = st.integers(-30, 30).map(lambda n: Decimal(n) / 4)
    large = st.decimals(-(10**size), 10**size, places=places)
    return st.one_of(small, large).map(lambda n: round(n, places))


register(
    Sample(
        "string",
        values=lambda field: TEXTS,
        bad_texts=("a\x00b", "a" * 100_001),
        bad_json=(1, True, ["a"], {"a": 1}, "a\ud800"),
        settings_post={"rows": "1", "mask": ""},
        asks=words(str),
        sort_key=text_key,
        free_text=True,
    )
)

register(
    Sample(
        "number",
        values=lambda field: decimals(2, 15),
        settings={"precision": 2, "unit": "кг"},
        settings_post={"precision": "2", "unit": "кг", "plain": "on"},
        bad_texts=(
            "abc",
            "1e400",
            "1.234",
            "NaN",
            "Infinity",
            "1_000",
            "٣",
            "--1",
            "1 000 000 000 000 000 000 000",
        ),
        bad_json=(True, [1], {}, "x", "nan", 10**30),
        asks=comparisons(lambda value: value, decimals(2, 15)),
        sort_key=lambda field, value: value,
    )
)

DAYS = st.one_of(
    st.integers(-500, 500).map(
        lambda shift: date.fromordinal(timezone.localdate().toordinal() + shift)
    ),
    st.dates(),
)
register(
    Sample(
        "date",
        values=lambda field: DAYS,
        bad_texts=("2026-02-30", "yesterday", "31.31.2026", "2026-1", "10000-01-01", "\x00"),
        bad_json=(20260101, True, {}, "01"),
        asks=days(lambda value: value, timezone.localdate),
        sort_key=lambda field, value: value,
    )
)

MIDNIGHTS = st.integers(-500, 500).map(
    lambda shift: (
        timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        + timedelta(days=shift)
    )
)
MOMENTS = st.one_of(
    MIDNIGHTS,
    MIDNIGHTS.map(lambda midnight: midnight - timedelta(seconds=1)),
    st.integers(-500 * 86400, 500 * 86400).map(
        lambda shift: datetime.fromtimestamp(int(timezone.now().timestamp()) + shift, UTC)
    ),
    # From 2015 to 2090: clocks of the portal's zone are not set back there.
    st.integers(1_420_070_400, 3_786_912_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
)
register(
    Sample(
        "datetime",
        values=lambda field: MOMENTS,
        bad_texts=(
            "2026-02-30T10:00",
            "noon",
            "0001-01-01T00:00",
            "9999-12-31T23:59",
            "2026-01-01T25:00",
        ),
        bad_json=(1700000000, True, "x"),
        asks=days(lambda value: timezone.localtime(value).date(), timezone.localdate),
        sort_key=lambda field, value: value,
    )
)


def option_ids(field: SchemaField) -> list[int]:
    return list(field.field.options_by_id)


OPTIONS = ["Ёлка", "Ель", "ясень", "10", "<b>x</b>", "9 %", "Zebra"]


register(
    Sample(
        "list",
        values=lambda field: st.sampled_from(option_ids(field)),
        settings={"options": [{"id": None, "name": name, "color": "red"} for name in OPTIONS]},
        settings_post={
            "look": "flags",
            "options_id": ["", ""],
            "options_name": ["а", "б"],
            "options_color": ["red", ""],
            "options_is_default": ["1", ""],
            "options_lines": ["в\nг"],
        },
        bad_texts=("0", "-1", "99999999999999999999", "x"),
        bad_json=(True, 1.5, [1], {}, "x", -1),
        asks=choices(),
        sort_key=lambda field, value: option_ids(field).index(value),
    )
)

register(
    Sample(
        "boolean",
        values=lambda field: st.booleans(),
        bad_json=(1, "yes", "true"),
        asks={
            "yes": Ask(lambda value: st.just([]), lambda value, texts: value),
            "no": Ask(lambda value: st.just([]), lambda value, texts: not value),
        },
        sort_key=lambda field, value: value,
    )
)

register(
    Sample(
        "counter",
        values=lambda field: st.integers(-10, 10**9),
        settings={"start": 5, "step": 2, "digits": 4, "before": "№ ", "editable": True},
        settings_post={"start": "5", "step": "2", "digits": "4", "before": "№ "},
        bad_texts=("1.5", "x", "10000000000000000", "1e30"),
        bad_json=(True, "1", 1.5, 10**16),
        asks=comparisons(lambda value: value, st.integers(-10, 10**9)),
        sort_key=lambda field, value: value,
    )
)

PHONES = st.one_of(
    st.integers(4950000000, 4959999999).map(lambda n: f"+7{n}"),
    st.integers(2120000000, 2129999999).map(lambda n: f"+1{n}"),
    st.integers(4950000000, 4959999999).map(lambda n: f"+7{n};ext=12"),
)


def _digits_of(value: str) -> st.SearchStrategy[list[str]]:
    plain = value[1:].partition(";")[0]
    starts = st.integers(0, len(plain) - 3)
    return starts.map(lambda at: [plain[at : at + 3]])


def _phone_asks() -> dict[str, Ask]:
    def contains(value: str, texts: list[str]) -> bool:
        return texts[0] in value

    def whole(value: str) -> st.SearchStrategy[list[str]]:
        return st.just([value])

    def equals(value: str, texts: list[str]) -> bool:
        return value == texts[0]

    return {
        "contains": Ask(_digits_of, contains),
        "not_contains": Ask(_digits_of, contains, negated=True),
        "starts": Ask(_digits_of, lambda value, texts: value[1:].startswith(texts[0])),
        "eq": Ask(whole, equals),
        "ne": Ask(whole, equals, negated=True),
    }


register(
    Sample(
        "phone",
        values=lambda field: PHONES,
        settings={"region": "RU"},
        settings_post={"region": "KZ"},
        bad_texts=("abc", "12", "+7495", "+0000000000", "1" * 40),
        bad_json=(74951234567, True, {}),
        asks=_phone_asks(),
        sort_key=lambda field, value: value,
        free_text=True,
    )
)

EMAILS = st.builds(
    "{}@{}.example".format,
    st.text("abcxyz019._", min_size=1, max_size=8).filter(
        lambda name: name.strip(".") == name and ".." not in name
    ),
    st.sampled_from(["a", "b-c", "mail"]),
)
register(
    Sample(
        "email",
        values=lambda field: EMAILS,
        bad_texts=(
            "a",
            "a@",
            "@b.example",
            "a@b.example\nBcc: c@d.example",
            "a b@c.example",
            "a\x00@b.example",
        ),
        bad_json=(1, True, "x"),
        asks=words(str),
        sort_key=text_key,
        free_text=True,
    )
)

URLS = st.one_of(
    st.text("абвABC019%_-?=&", max_size=8).map("https://a.example/{}".format),
    st.sampled_from(["http://localhost:8000/x", "mailto:a@b.example", "tel:+74951234567",
                     "https://пример.рф/путь", "http://[::1]:80/", "https://intranet/"]),
)  # fmt: skip
BAD_URLS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "\x01javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
    "//evil.example", "https:evil.example",
    "https:/evil.example", "https:///evil.example", "/\\evil.example", "https://a@evil.example",
    "https://", "http://a b", "file:///etc/passwd", "ftp://a.example", "tel:alert(1)", "mailto:x",
    "http://a:port/", "https://a.example/\u2028x", "blob:https://a.example/1", "word",
)  # fmt: skip
register(
    Sample(
        "url",
        values=lambda field: URLS,
        bad_texts=BAD_URLS,
        bad_json=(1, True, {}, "javascript:alert(1)"),
        asks=words(str),
        sort_key=text_key,
        free_text=True,
    )
)


def moneys(codes: tuple[str, ...] = ("RUB", "USD", "EUR")) -> st.SearchStrategy[Money]:
    return st.builds(Money, decimals(2, 12), st.sampled_from(codes))


def _currency(value: Money) -> st.SearchStrategy[list[str]]:
    some = st.lists(st.sampled_from(["RUB", "USD", "EUR"]), max_size=1)
    return some.map(lambda more: [value.currency.code, *more])


register(
    Sample(
        "money",
        values=lambda field: moneys(),
        settings={"currencies": ["RUB", "USD", "EUR"], "currency": "RUB"},
        settings_post={"currencies": ["KZT", "RUB"], "currency": "KZT"},
        bad_texts=("abc", "5 XYZ", "1.234 RUB", "$5 RUB", "1e30", "5 KZT", "|RUB"),
        bad_json=(
            5,
            True,
            "5",
            "5|",
            "5|QQQ",
            {"amount": "5"},
            {"amount": None, "currency": "RUB"},
        ),
        asks=comparisons(lambda value: value.amount, decimals(2, 12))
        | {"currency": Ask(_currency, lambda value, texts: value.currency.code in texts)},
        sort_key=lambda field, value: value.amount,
    )
)

HTMLS = st.lists(TEXTS, min_size=1, max_size=2).map(
    lambda lines: "".join(f"<p>{_escaped(' '.join(line.split()))}</p>" for line in lines)
)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read(html: str) -> str:
    """What stands between the tags of HTMLS."""
    lines = html.removeprefix("<p>").removesuffix("</p>").split("</p><p>")
    text = "\n".join(lines)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


register(
    Sample(
        "html",
        values=lambda field: HTMLS,
        settings_post={"rows": "5"},
        bad_texts=("a\x00b", "a" * 200_001),
        bad_json=(1, True, {}, "<p>\udfff</p>"),
        asks=words(read),
        in_text=read,
        free_text=True,
    )
)


# Around Moscow, at the poles and on both sides of the 180th meridian.
def _angles(near: tuple[float, float], limit: float) -> st.SearchStrategy[float]:
    ends = st.sampled_from([limit, -limit, 0.0])
    angles = st.one_of(st.floats(*near), st.floats(-limit, limit), ends)
    return angles.map(lambda angle: round(angle, 5) + 0.0)


POINTS = st.builds(Point, _angles((50, 60), 90.0), _angles((30, 40), 180.0))


def _km(first: Point, lat: float, lon: float) -> float:
    """By the angle between two vectors: another formula than the product's."""

    def vector(lat: float, lon: float) -> tuple[float, float, float]:
        a, b = math.radians(lat), math.radians(lon)
        return math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)

    (a, b, c), (x, y, z) = vector(first.lat, first.lon), vector(lat, lon)
    cross = math.hypot(b * z - c * y, c * x - a * z, a * y - b * x)
    return 6371.0088 * math.atan2(cross, a * x + b * y + c * z)


def _circles(value: Point) -> st.SearchStrategy[list[str]]:
    # Half a kilometre off any round figure: no point of the sample stands on the edge itself.
    radius = st.sampled_from([0.517, 10.517, 1000.517, 15000.517])
    centre = st.one_of(st.just(value), POINTS)
    return st.tuples(centre, radius).map(lambda c: [f"{c[0].lat:.7f} {c[0].lon:.7f} {c[1]}"])


def _in_circle(value: Point, texts: list[str]) -> bool:
    lat, lon, radius = map(float, texts[0].split())
    return _km(value, lat, lon) <= radius


def _areas(value: Point) -> st.SearchStrategy[list[str]]:
    corner = st.one_of(st.just(value), POINTS)

    def edges(pair: tuple[Point, Point]) -> list[str]:
        south, north = sorted(point.lat for point in pair)
        return [f"{south:.7f}, {pair[0].lon:.7f}, {north:.7f}, {pair[1].lon:.7f}"]

    return st.tuples(corner, corner).map(edges)


def _in_area(value: Point, texts: list[str]) -> bool:
    south, west, north, east = map(float, texts[0].split(","))
    eastward = (value.lon - west) % 360 <= (east - west) % 360
    whole = west <= value.lon <= east if west <= east else eastward
    return south <= value.lat <= north and whole


register(
    Sample(
        "map_point",
        values=lambda field: POINTS,
        bad_texts=("91, 0", "0, 181", "abc", "1, 2, 3, 4, 5", "nan, 1", "1e2, 5"),
        bad_json=(
            1,
            True,
            [55, 37],
            {},
            {"lat": 1},
            {"lat": True, "lon": 1},
            {"lat": 91, "lon": 0},
            "x",
        ),
        asks={"near": Ask(_circles, _in_circle), "within": Ask(_areas, _in_area)},
    )
)
