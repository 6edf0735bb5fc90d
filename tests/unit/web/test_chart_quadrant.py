"""Importance against performance: dots where the numbers say, labels that do not lie on each other."""

from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from app.web.chart_canvas import SMALL, Frame
from app.web.chart_quadrant import Dot, Fields, quadrant
from app.web.chart_words import width

FIELDS = Fields(
    Decimal("80.00"), Decimal("0.500"), "Nilai", "Kaitan", "kiri atas", "kanan atas", "kiri", "kanan"
)
ALONE = Frame("x", width=600)
CLOSE = [
    Dot(f"U{place}", f"Unsur {place}", Decimal(80 + place), Decimal(place % 3).scaleb(-1), "B", "kanan")
    for place in range(1, 10)
]


def shapes(
    dots: list[Dot], frame: Frame = ALONE
) -> tuple[ET.Element, list[dict[str, str]], list[ET.Element]]:
    """The picture, the attributes of its dots, its texts."""
    root = ET.fromstring(str(quadrant(frame, "Letak", dots, FIELDS)))
    for one in root.iter():
        one.tag = one.tag.rpartition("}")[2]
    return root, [dict(one.attrib) for one in root.iter("circle")], list(root.iter("text"))


def test_a_dot_stands_where_its_values_say() -> None:
    low = Dot("U3", "Waktu", Decimal("70.00"), Decimal("0.400"), "C", "kiri")
    high = Dot("U1", "Syarat", Decimal("90.00"), Decimal("0.600"), "A", "kanan atas")
    _, (first, second), texts = shapes([low, high])
    # Across 70..90 with 8 % of room (68.4..91.6) on 3..97 %: (70 - 68.4) / 23.2 of 94 % and 3 %, of 600 pixels.
    assert Decimal(first["cx"]) == pytest.approx(Decimal("56.90"), abs=Decimal("0.01"))
    assert Decimal(second["cx"]) == pytest.approx(Decimal("543.10"), abs=Decimal("0.01"))
    # Up 0.4..0.6 with room (0.384..0.616) on 340 - 48 pixels below 28 + 24.
    assert Decimal(first["cy"]) == pytest.approx(Decimal("323.86"), abs=Decimal("0.01"))
    assert Decimal(second["cy"]) == pytest.approx(Decimal("72.14"), abs=Decimal("0.01"))
    assert {"U3 70,00", "U1 90,00", "Ø 80,00", "Ø 0,500", "kiri atas", "kanan"} <= {one.text for one in texts}


def test_it_is_said_in_words() -> None:
    root, _, _ = shapes([Dot("U3", "Waktu", Decimal("70.00"), Decimal("0.400"), "C", "kiri")])
    said = root.find("desc")
    assert said is not None
    assert said.text == "U3 Waktu: 70,00 C, 0,400, kiri"


@pytest.mark.parametrize("frame", [ALONE, Frame("x", width=288)])
def test_labels_do_not_lie_on_each_other(frame: Frame) -> None:
    _, _, texts = shapes(CLOSE, frame)
    boxes = []
    for one in texts:
        words, y = one.text or "", float(one.attrib["y"])
        long, x = width(words, SMALL), float(one.attrib["x"])
        left = {"end": x - long, "middle": x - long / 2}.get(one.attrib.get("text-anchor", ""), x)
        boxes.append((words, left, y - 10, left + long, y + 2))
    met = [
        (one[0], other[0])
        for one, other in combinations(boxes, 2)
        if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]
    ]
    assert met == []
    assert {f"U{place}" for place in range(1, 10)} <= {words.split()[0] for words, *_ in boxes}


def test_all_alike_is_drawn_too() -> None:
    dots = [Dot(f"U{one}", "Sama", Decimal("80.00"), Decimal("0.500"), "B", "kanan atas") for one in (1, 2)]
    _, circles, _ = shapes(dots)
    assert {(one["cx"], one["cy"]) for one in circles} == {("300", "198")}


def test_elements_of_the_same_values_share_a_dot() -> None:
    same = [
        Dot(f"U{place}", f"Unsur {place}", Decimal("80.00"), Decimal("0.500"), "B", "kanan")
        for place in (1, 2, 4)
    ]
    _, circles, texts = shapes([*same, Dot("U3", "Waktu", Decimal("70.00"), Decimal("0.400"), "C", "kiri")])
    assert len(circles) == 2
    assert {"U1, U2, U4 80,00", "U3 70,00"} <= {one.text for one in texts}


def test_where_all_is_full_there_is_a_dot_without_a_label() -> None:
    """Twenty of nearly the same place: each is drawn and said, no label lies on another."""
    crowd = [
        Dot(f"U{place}", f"Unsur {place}", Decimal(8000 + place).scaleb(-2), Decimal("0.500"), "B", "kanan")
        for place in range(20)
    ]
    root, circles, texts = shapes(crowd, Frame("x", width=288))
    codes = [one.text for one in texts if (one.text or "").startswith("U")]
    assert len(circles) == 20
    assert 0 < len(codes) < 20
    said = root.find("desc")
    assert said is not None
    assert all(f"U{place} Unsur" in (said.text or "") for place in range(20))
