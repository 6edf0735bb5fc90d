"""The rules of imported results: what the shipped files say, and every fault of a file by its line."""

from pathlib import Path

import pytest

from app.core.toml_source import SourceFaults
from app.instruments.loader import load
from app.instruments.rules import rules_of

SURVEYS = Path(__file__).parents[3] / "surveys"


def test_each_rule_has_its_own_elements_and_a_table_of_categories() -> None:
    rules = rules_of(SURVEYS)
    assert [*rules] == ["2004", "2014", "2017"]
    assert {one.id: [*one.elements] for one in rules.values()} == {
        "2004": [f"U{number}" for number in range(1, 15)],
        "2014": [f"U{number}" for number in range(1, 10)],
        "2017": [f"U{number}" for number in range(1, 10)],
    }
    assert {one.categories for one in rules.values()} <= set(load(SURVEYS).categories)


def test_the_elements_of_2017_are_those_of_the_questionnaire() -> None:
    asked = load(SURVEYS).get("skm-2017@1").elements
    named = rules_of(SURVEYS)["2017"].elements
    assert {one.code: one.name["id"] for one in asked} == {code: name["id"] for code, name in named.items()}


def test_a_directory_without_rules_uses_those_of_the_program(tmp_path: Path) -> None:
    assert rules_of(tmp_path) == rules_of(SURVEYS)


def test_every_fault_is_named(tmp_path: Path) -> None:
    directory = tmp_path / "rules"
    directory.mkdir()
    name = 'name = { id = "a", en = "b" }'
    (directory / "2014.toml").write_text(
        'id = "2015"\nbasis = "x"\ncategories = "2014"\n'
        f'[[elements]]\ncode = "U1"\n{name}\n[[elements]]\ncode = "U1"\n{name}\n[[elements]]\ncode = "9"\n{name}\n',
        encoding="utf-8",
    )
    (directory / "2017.toml").write_text("id =", encoding="utf-8")
    with pytest.raises(SourceFaults) as found:
        rules_of(tmp_path)
    assert [(Path(fault.file).name, fault.line) for fault in found.value.faults] == [
        ("2014.toml", 1),
        ("2014.toml", 8),
        ("2014.toml", 11),
        ("2017.toml", 1),
    ]
