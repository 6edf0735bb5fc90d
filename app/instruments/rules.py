"""The rules under which surveys were made, `surveys/rules/<id>.toml`: what their element codes mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from app.core import toml_source
from app.core.places import SURVEYS
from app.core.toml_source import Fault, SourceFaults, TomlDocument
from app.instruments.checks import Form, Once, TableCheck

DIRECTORY = "rules"
CODE_FORM = Form.of(r"U[1-9][0-9]?", "U1")
ID_FORM = Form.of(r"[0-9]{4}", "2014")


@dataclass(frozen=True, slots=True)
class Rule:
    """A regulation: its legal basis, its category table, and the names of its elements by code, in its order."""

    id: str
    basis: str
    categories: str
    elements: Mapping[str, Mapping[str, str]] = field(hash=False)


@lru_cache(maxsize=8)
def rules_of(surveys_dir: Path) -> Mapping[str, Rule]:
    """The rules of a surveys directory by id, oldest first; those that come with the program where it has none.

    Raises SourceFaults with every fault.
    """
    directory = surveys_dir / DIRECTORY
    if not directory.is_dir():
        directory = SURVEYS / DIRECTORY
    found: dict[str, Rule] = {}
    faults: list[Fault] = []
    for path in sorted(directory.glob("*.toml")):
        try:
            document = toml_source.read(path)
        except SourceFaults as error:
            faults += error.faults
            continue
        rule, here = rule_of(document, path.stem)
        faults += here
        if rule is not None:
            found[rule.id] = rule
    if faults:
        raise SourceFaults(faults)
    return found


def rule_of(document: TomlDocument, rule_id: str) -> tuple[Rule | None, list[Fault]]:
    """The rule of a parsed file named `<rule_id>.toml`, or all its faults."""
    faults: list[Fault] = []
    check = TableCheck(document, faults, (), document.data).expect(("id", "basis", "categories", "elements"))
    found = check.string("id", ID_FORM)
    if found is not None and found != rule_id:
        check.fault(f'"id" {found!r} tidak sama dengan nama berkas {rule_id}.toml', "id")
    check.string("basis")
    check.string("categories", ID_FORM)
    codes = Once("code")
    for element in check.items("elements"):
        element.expect(("code", "name"))
        codes.see(element, element.string("code", CODE_FORM), "code")
        element.text("name")
    if faults:
        return None, faults
    data = document.data
    elements = {element["code"]: dict(element["name"]) for element in data["elements"]}
    return Rule(data["id"], data["basis"], data["categories"], elements), faults
