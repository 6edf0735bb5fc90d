"""docs/security.md walks every requirement, and whatever it names exists."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
STATES = {"met", "part", "not met", "operator", "n/a"}

# ASVS 5.0.0: how many requirements of level 1 or 2 a section begins with; those of level 3 stand behind them.
SECTIONS = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}


def rows() -> dict[str, list[str]]:
    """The cells of every requirement by its number."""
    found = {}
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"\d+\.\d+\.\d+", cells[0]):
            assert cells[0] not in found, cells[0]
            found[cells[0]] = cells
    return found


def test_every_requirement_is_walked_in_order() -> None:
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in SECTIONS.items()
        for section, count in enumerate(sections, start=1)
        for number in range(1, count + 1)
    ]
    assert len(wanted) == 253
    assert list(rows()) == wanted


def test_every_requirement_has_a_state_and_a_reason() -> None:
    for number, cells in rows().items():
        assert len(cells) == 4, number
        stated = re.match(r"\*\*([a-z /]+)\*\*", cells[2])
        assert stated is not None, number
        assert stated[1] in STATES, number
        if stated[1] in ("part", "not met"):
            assert len(cells[2]) > 40, f"{number}: what is missing?"


def test_what_is_named_exists() -> None:
    named = set(re.findall(r"`((?:app|tests|docs|\.ci|migrations)/[\w./-]+)`", DOCUMENT))
    assert len(named) > 50
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_what_is_met_is_mostly_tested() -> None:
    states = Counter(re.match(r"\*\*([a-z /]+)\*\*", cells[2])[1] for cells in rows().values())  # type: ignore[index]
    untested = [number for number, cells in rows().items() if cells[2].startswith("**met**") and not cells[3]]
    assert states["met"] > 130
    # Documents, and what Python or ruff see to.
    assert len(untested) <= 20, untested
