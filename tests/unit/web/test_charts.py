"""Charts: shapes where the numbers say, numbers as text, names that stay text, pictures that stand alone."""

import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from app.web import charts
from app.web.chart_canvas import Canvas, Frame, X, both, decimal, share, small
from app.web.chart_trend import Point, trend
from app.web.chart_words import isolated, lines, number, percent, signed, width
from app.web.charts import Amount, Band, Bar, Ranked, Scale, Spread

BANDS = (
    Band("D", Decimal("25.00")),
    Band("C", Decimal("65.00")),
    Band("B", Decimal("76.61")),
    Band("A", Decimal("88.31")),
)
SCALE = Scale(BANDS)
ALONE = Frame("x", width=400)
PAGE = Frame("x")
NASTY = "<script>alert('1')</script> & \"Dinas\" 🏥 قسم الخدمات\x00\x0b"


def tree(markup: Markup) -> ET.Element:
    """The picture as XML; names are read without their namespace."""
    root = ET.fromstring(str(markup))
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def words(markup: Markup) -> list[str]:
    """The texts of the picture in drawing order."""
    return ["".join(one.itertext()) for one in tree(markup).iter("text")]


def having(markup: Markup, tag: str, **attributes: str) -> list[dict[str, str]]:
    return [dict(one.attrib) for one in tree(markup).iter(tag) if attributes.items() <= one.attrib.items()]


def element(name: str = "Waktu", value: str = "74.50", letter: str = "C", **more: object) -> Bar:
    return Bar(name, Decimal(value), letter, **more)  # type: ignore[arg-type]


def test_a_bar_is_as_long_as_its_value() -> None:
    # (74.50 - 25) / 75 = 66 %; the cuts lie at (65 - 25) / 75, (76.61 - 25) / 75 and (88.31 - 25) / 75.
    alone = charts.bars(ALONE, "Unsur", [element()], SCALE)
    assert [one["width"] for one in having(alone, "rect", fill="#bf8a10", height="10")] == ["264"]
    fluid = charts.bars(PAGE, "Unsur", [element()], SCALE)
    classes = {one.get("class"): one for one in having(fluid, "rect", height="10")}
    assert classes["c"]["width"] == "66%"
    ticks = [one["x"] for one in having(fluid, "rect", **{"class": "tick"})]
    assert ticks == ["53.33%", "68.81%", "84.41%"]


def test_bars_carry_their_numbers() -> None:
    rows = [
        element(low=Decimal("72.10"), high=Decimal("76.90"), change=Decimal("-3.50"), significant=True),
        element("Biaya", "88.31", "A", change=Decimal("0.42")),
        element("Sarana", "70.00", "C", change=Decimal("0.00")),
        element("Produk", "100.00", "A"),
    ]
    picture = charts.bars(Frame("x", "id"), "Unsur", rows, SCALE)
    assert words(picture)[1:4] == ["74,50", "C", "−3,50"]
    assert {"88,31", "A", "+0,42", "0,00", "100,00"} <= set(words(picture))
    described = tree(picture).findtext("desc")
    assert described == (
        "Waktu 74,50 C (72,10–76,90), −3,50; Biaya 88,31 A, +0,42; Sarana 70,00 C, 0,00; Produk 100,00 A"
    )
    assert [one["class"] for one in having(picture, "path")] == ["solid", "hollow"]
    assert having(picture, "line", x1="62.8%", x2="69.2%")
    english = charts.bars(Frame("x", "en"), "Elements", rows[:1], SCALE)
    assert "74.50" in words(english)


def test_the_ruler_shows_value_interval_and_all_categories() -> None:
    picture = charts.ruler(
        PAGE, "Skala", element("IKM", "85.68", "B", low=Decimal("84.60"), high=Decimal("86.80")), SCALE
    )
    assert having(picture, "rect", height="4") == [
        {"x": "79.47%", "y": "14", "width": "2.93%", "height": "4", "class": "solid"}
    ]
    assert {"85,68", "25", "65,00", "76,61", "88,31", "100", "A", "B", "C", "D"} == set(words(picture))
    own = [one["class"] for one in having(picture, "rect", height="12") if "tick" not in one["class"]]
    assert own == ["d off", "c off", "b", "a off"]


def test_shares_of_a_distribution_fill_the_row() -> None:
    picture = charts.distribution(
        PAGE, "Sebaran", [Spread("Waktu", (11, 43, 140, 118)), Spread("X", (0,) * 4)]
    )
    rects = [one for one in having(picture, "rect") if one["class"] != "tick"]
    assert [one["class"] for one in rects] == ["s1", "s2", "s3", "s4"]
    places = [(Fraction(one["x"][:-1]), Fraction(one["width"][:-1])) for one in rects]
    assert places[0][0] == 0
    for (start, length), (after, _) in pairwise(places):
        assert abs(start + length - after) <= Fraction(1, 50)
    assert abs(sum(length for _, length in places) - 100) <= Fraction(1, 50)
    # 11/312, 43/312, 140/312, 118/312
    assert tree(picture).findtext("desc") == "Waktu: 4, 14, 45, 38; X: 0, 0, 0, 0"
    assert words(picture) == ["Waktu", "14", "45", "38", "X"]


def test_scales_of_other_sizes_have_tints_too() -> None:
    for size in (2, 3, 5, 6):
        picture = charts.distribution(PAGE, "Sebaran", [Spread("Waktu", (1,) * size)])
        tints = [one["class"] for one in having(picture, "rect") if one["class"] != "tick"]
        assert len(tints) == size
        assert tints == sorted(tints)
        assert set(tints) <= {"s1", "s2", "s3", "s4"}


def ranked(rank: str, leads: bool, value: str, letter: str, *, interval: bool = True) -> Ranked:
    at = Decimal(value)
    bounds = (at - 1, at + 1) if interval else (None, None)
    return Ranked(rank, leads, f"Unit {value}", at, letter, *bounds, note="312 responden")


def test_a_ranking_shows_ties_values_and_intervals() -> None:
    rows = [
        ranked("1", True, "93.40", "A"),
        ranked("=2", True, "80.00", "B"),
        ranked("=2", False, "79.00", "B", interval=False),
    ]
    picture = charts.ranking(PAGE, "Peringkat", rows, Scale(BANDS, Decimal(60)))
    assert {"1", "=2", "93,40", "80,00", "79,00", "A", "B", "312 responden"} <= set(words(picture))
    assert len(having(picture, "line", **{"class": "rule"})) == 2
    assert [one["cx"] for one in having(picture, "circle")] == ["83.5%", "50%", "47.5%"]
    assert len(having(picture, "line", **{"class": "interval"})) == 2
    assert "312 responden" not in words(charts.ranking(Frame("x", narrow=True), "P", rows, SCALE))


def points(*values: str | None, broken: int | None = None) -> list[Point]:
    return [
        Point("I", str(2020 + place), value and Decimal(value), broken="ganti" if place == broken else None)  # type: ignore[arg-type]
        for place, value in enumerate(values)
    ]


def test_a_trend_is_cut_where_values_cannot_be_compared() -> None:
    whole = trend(PAGE, "Tren", points("80.00", "81.00", "82.00"), SCALE)
    assert len(having(whole, "line", **{"class": "line"})) == 2
    assert having(whole, "line", **{"class": "break"}) == []
    cut = trend(PAGE, "Tren", points("80.00", "81.00", "82.00", broken=1), SCALE)
    assert [one["x1"] for one in having(cut, "line", **{"class": "line"})] == ["50%"]
    assert [one["x1"] for one in having(cut, "line", **{"class": "break"})] == ["28%"]
    assert "ganti" in words(cut)
    assert "[ganti] I 2021 81,00" in (tree(cut).findtext("desc") or "")


def test_a_period_without_answers_is_a_gap() -> None:
    picture = trend(PAGE, "Tren", points("80.00", None, "82.00", "83.00"), SCALE)
    assert len(having(picture, "line", **{"class": "line"})) == 1
    assert len(having(picture, "circle")) == 3
    assert "I 2021 –" in (tree(picture).findtext("desc") or "")
    assert having(trend(PAGE, "Tren", points(None, None), SCALE), "circle") == []


def test_higher_values_stand_higher() -> None:
    picture = trend(PAGE, "Tren", points("80.00", "85.00", "90.00"), SCALE)
    heights = [Fraction(one["cy"]) for one in having(picture, "circle")]
    # Seen from 80 to 90: the bottom, the middle and the top of 160 pixels.
    assert [heights[0] - one for one in heights] == [0, 80, 160]
    close = trend(PAGE, "Tren", points("75.26", "85.55", "86.80"), SCALE)
    seen = [Fraction(one["cy"]) for one in having(close, "circle")]
    # Seen from 75 to 90: 10.29 and 1.25 of 15 points, on 160 pixels.
    assert abs(seen[0] - seen[1] - Fraction("109.76")) < Fraction(1, 50)
    assert abs(seen[1] - seen[2] - Fraction("13.33")) < Fraction(1, 50)
    single = trend(PAGE, "Tren", points("100.00"), SCALE)
    assert [one["cx"] for one in having(single, "circle")] == ["50%"]


def test_many_points_write_as_many_values_as_there_is_room_for() -> None:
    many = points(*["80.00"] * 24)
    narrow, wide = (trend(Frame("x", narrow=one), "Tren", many, SCALE) for one in (True, False))
    assert words(narrow).count("80,00") < words(wide).count("80,00") < 24
    assert len(having(narrow, "circle")) == 24


def test_amounts_and_progress() -> None:
    picture = charts.amounts(PAGE, "Jenis kelamin", [Amount("Perempuan", 160), Amount("Laki-laki", 40)])
    assert [one["width"] for one in having(picture, "rect")] == ["40%", "10%"]
    assert {"160", "40"} <= set(words(picture))
    assert having(charts.amounts(PAGE, "Kosong", [Amount("A", 0)]), "rect")[0]["width"] == "0%"
    reached = charts.progress(PAGE, "Target", 312, 354)
    assert [one["width"] for one in having(reached, "rect")] == ["100%", "88.14%"]
    assert words(reached) == ["312 / 354", "88%"]
    over = charts.progress(PAGE, "Target", 4000, 354)
    assert having(over, "rect")[1]["width"] == "100%"
    assert words(over) == ["4.000 / 354", "1.130%"]


EVERY = (
    lambda frame: charts.ruler(frame, NASTY, element(NASTY), SCALE),
    lambda frame: charts.bars(frame, NASTY, [element(NASTY, change=Decimal("1.00"))], SCALE),
    lambda frame: charts.distribution(frame, NASTY, [Spread(NASTY, (1, 2, 3, 4))]),
    lambda frame: charts.amounts(frame, NASTY, [Amount(NASTY, 3)]),
    lambda frame: charts.progress(frame, NASTY, 3, 4),
    lambda frame: trend(frame, NASTY, [Point(NASTY, NASTY, Decimal("80.00"), broken=NASTY)] * 2, SCALE),
    lambda frame: charts.ranking(
        frame, NASTY, [Ranked("1", True, NASTY, Decimal("80.00"), "B", None, None, NASTY)], SCALE
    ),
)


@pytest.mark.parametrize("draw", EVERY)
@pytest.mark.parametrize("frame", [ALONE, PAGE, Frame("x", narrow=True), Frame("a'\"<>", "en", width=640)])
def test_names_stay_text(draw: object, frame: Frame) -> None:
    markup = draw(frame)  # type: ignore[operator]
    root = tree(markup)
    assert {one.tag for one in root.iter()} <= {
        *("svg", "title", "desc", "text", "rect", "line", "circle", "path"),
    }
    assert not any(name.startswith("on") or name == "style" for one in root.iter() for name in one.attrib)
    assert root.attrib["role"] == "img"
    named = [one.attrib["id"] for one in root if one.tag in ("title", "desc")]
    assert named == [root.attrib["aria-labelledby"], root.attrib["aria-describedby"]]
    assert root.findtext("title") == NASTY[:-2]


@pytest.mark.parametrize("draw", EVERY)
def test_a_picture_that_stands_alone_needs_no_style_sheet(draw: object) -> None:
    markup = str(draw(ALONE))  # type: ignore[operator]
    assert "class=" not in markup
    assert "%" not in re.sub(r">[^<]*<", "><", markup)
    root = ET.fromstring(markup)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib["viewBox"].startswith("0 0 400 ")
    height = Fraction(root.attrib["height"])
    for one in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert 0 <= Fraction(one.attrib.get(name, "0")) <= 400
        for name in ("y", "y1", "y2", "cy"):
            assert 0 <= Fraction(one.attrib.get(name, "0")) <= height


def test_both_drawings_have_ids_of_their_own() -> None:
    markup = both(Frame("unsur"), lambda frame: charts.amounts(frame, "T", [Amount("A", 1)]))
    ids = re.findall(r' id="([^"]*)"', markup)
    assert ids == ["unsur-n-title", "unsur-n-desc", "unsur-title", "unsur-desc"]
    assert re.findall(r'class="chart amounts (\w+)"', markup) == ["narrow", "wide"]
    one = small(Frame("unsur"), lambda frame: charts.amounts(frame, "T", [Amount("A", 1)]))
    assert re.findall(r'class="chart amounts (\w+)"', one) == ["only"]


def test_coordinates_are_exact_to_two_decimals() -> None:
    found = [
        decimal(one) for one in (Fraction(200, 3), Decimal("53.333"), 7, Fraction(-1, 4), Fraction(-1, 999))
    ]
    assert found == ["66.67", "53.33", "7", "-0.25", "0"]
    assert [share(one, 25, 100) for one in (Decimal(0), Fraction(125, 2), 400)] == [0, 50, 100]
    with pytest.raises(ValueError, match="either"):
        Canvas(PAGE).rect(X(0), 0, X(50, 3), 1, "")


def test_numbers_as_readers_write_them() -> None:
    assert number(Decimal("3544.50"), "id") == "3.544,50"
    assert number(3544, "en") == "3,544"
    assert [signed(Decimal(one), "id") for one in ("1.25", "-1.25", "0.00", "-0.00")] == [
        *("+1,25", "−1,25", "0,00", "0,00"),
    ]
    # 1/8 = 12.5 % and 3/8 = 37.5 % go up; nothing of nothing is nothing.
    assert [percent(*one) for one in ((1, 8), (3, 8), (1, 3), (0, 0))] == [13, 38, 33, 0]


def test_lines_fit() -> None:
    name = "Penanganan Pengaduan, Saran dan Masukan"
    for room in (90, 140, 200, 320):  # at 90 a word is cut
        for last in (None, 80):
            found = lines(name, room, 16, most=9, last=last)
            rooms = [room] * (len(found) - 1) + [last or room]
            assert " ".join(found) == name or (room == 90 and "…" in " ".join(found))
            assert all(width(line, 16) <= wide for line, wide in zip(found, rooms, strict=True))
    assert lines(name, 200, 16, most=1)[0].endswith("…")
    assert lines("W" * 80, 100, 16) == ["WWWWWW…"]
    assert lines("", 100, 16) == [""]
    assert lines("Waktu Penyelesaian", 300, 16, last=120) == ["Waktu", "Penyelesaian"]
    office = "Dinas Kependudukan dan Pencatatan Sipil"
    assert lines(office, 500, 16, last=280) == ["Dinas Kependudukan", "dan Pencatatan Sipil"]


def test_right_to_left_names_are_kept_apart() -> None:
    assert isolated("Dinas") == "Dinas"
    assert isolated("قسم") == "\u2068قسم\u2069"
