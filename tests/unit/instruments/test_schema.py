"""The JSON Schemas that editors use: current, valid, and of one mind with the loader about keys."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from app.instruments import loader
from app.instruments.schema import categories_schema, instrument_schema, write_schemas

SURVEYS = Path(__file__).parents[3] / "surveys"
INSTRUMENT = "tests/tiny-importance/1.toml"
CATEGORIES = "tests/categories/test.toml"
CATEGORY_FILES = sorted(SURVEYS.glob("**/categories/*.toml"))
INSTRUMENT_FILES = sorted(
    path
    for path in [*SURVEYS.glob("*/*.toml"), *SURVEYS.glob("tests/*/*.toml")]
    if path.parent.name not in ("categories", "pekppp", "rules")
)

Change = Callable[[dict[str, Any]], Any]


def accepts(schema: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a document is valid, by an implementation of JSON Schema that is not ours."""
    return jsonschema_rs.validator_for(schema).is_valid(document)


def test_written_schemas_are_current(tmp_path: Path) -> None:
    for path in write_schemas(tmp_path):
        assert path.read_text(encoding="utf-8") == (SURVEYS / path.name).read_text(encoding="utf-8"), (
            f"{path.name}: run `eskm surveys schema`"
        )


@pytest.mark.parametrize(
    "schema", [instrument_schema(), categories_schema()], ids=["instrument", "categories"]
)
def test_schemas_are_valid_schemas(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert jsonschema_rs.meta.is_valid(schema)


@pytest.mark.parametrize("path", INSTRUMENT_FILES, ids=lambda path: str(path.relative_to(SURVEYS)))
def test_our_instruments_are_valid_and_name_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert accepts(instrument_schema(), tomllib.loads(text))
    named = text.split("\n", 1)[0].removeprefix("#:schema ")
    assert (path.parent / named).resolve() == (SURVEYS / "instrument.schema.json").resolve()


@pytest.mark.parametrize("path", CATEGORY_FILES, ids=lambda path: str(path.relative_to(SURVEYS)))
def test_our_category_tables_are_valid_and_name_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert accepts(categories_schema(), tomllib.loads(text))
    named = text.split("\n", 1)[0].removeprefix("#:schema ")
    assert (path.parent / named).resolve() == (SURVEYS / "categories.schema.json").resolve()


def test_every_file_is_looked_at() -> None:
    assert (len(INSTRUMENT_FILES), len(CATEGORY_FILES)) == (6, 4)


def question(document: dict[str, Any]) -> dict[str, Any]:
    """The first question of an instrument."""
    return document["elements"][0]["questions"][0]


BROKEN_INSTRUMENTS: dict[str, Change] = {
    "unknown key": lambda d: d.update(weight=1),
    "unknown key of element": lambda d: d["elements"][0].update(weight=1),
    "unknown key of question": lambda d: question(d).update(kind="x"),
    "unknown language": lambda d: d["title"].update(fr="x"),
    "id form": lambda d: d.update(id="Tiny"),
    "version text": lambda d: d.update(version="1"),
    "version zero": lambda d: d.update(version=0),
    "one end of a scale": lambda d: d.update(scale=[4]),
    "scale from zero": lambda d: d.update(scale=[0, 4]),
    "conversion zero": lambda d: d.update(conversion=0),
    "order twice": lambda d: d["ask_order"].append(d["ask_order"][0]),
    "no elements": lambda d: d.update(elements=[]),
    "no questions": lambda d: d["elements"][0].update(questions=[]),
    "element key form": lambda d: d["elements"][0].update(key="a-b"),
    "code form": lambda d: d["elements"][0].update(code="1"),
    "blank text": lambda d: question(d)["text"].update(en=" "),
    "blank label": lambda d: question(d)["options"]["en"].__setitem__(0, ""),
    "label twice": lambda d: question(d)["options"]["en"].__setitem__(0, question(d)["options"]["en"][1]),
    "reserved key": lambda d: question(d).update(key="age"),
    "two of importance": lambda d: d["elements"][0].update(importance=[d["elements"][0]["importance"]] * 2),
    "unknown key of importance": lambda d: d["elements"][0]["importance"].update(weight=1),
}
BROKEN_CATEGORIES: dict[str, Change] = {
    "unknown key": lambda d: d.update(note=1),
    "unknown key of band": lambda d: d["bands"][0].update(note=1),
    "no bands": lambda d: d.update(bands=[]),
    "number for a bound": lambda d: d["bands"][0].update(lower=62.5),
    "one decimal": lambda d: d["bands"][0].update(lower="62.5"),
    "mutu form": lambda d: d["bands"][0].update(mutu="a"),
    "perception zero": lambda d: d["bands"][0].update(perception=0),
    "year text": lambda d: d["years"].update({"from": "2017"}),
    "unknown key of years": lambda d: d["years"].update(to=2018),
}


def toml(document: dict[str, Any]) -> str:
    """A document as TOML; JSON's texts, numbers and arrays are TOML, its objects become inline tables."""
    return "".join(f"{key} = {toml_value(value)}\n" for key, value in document.items())


def toml_value(value: Any) -> str:
    """One value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return json.dumps(value)


def refused(tmp_path: Path, place: str, document: dict[str, Any]) -> bool:
    """Whether the loader finds a fault in the tiny surveys with one of their files replaced."""
    for path in (SURVEYS / INSTRUMENT, SURVEYS / CATEGORIES):
        target = tmp_path / path.parent.name / path.name
        target.parent.mkdir()
        target.write_bytes(path.read_bytes())
    assert loader.check(tmp_path) == []
    (tmp_path / Path(place).relative_to("tests")).write_text(toml(document), encoding="utf-8")
    return loader.check(tmp_path) != []


@pytest.mark.parametrize("change", BROKEN_INSTRUMENTS.values(), ids=BROKEN_INSTRUMENTS)
def test_schema_and_loader_refuse_the_same_instruments(tmp_path: Path, change: Change) -> None:
    document = tomllib.loads((SURVEYS / INSTRUMENT).read_text(encoding="utf-8"))
    change(document)
    assert not accepts(instrument_schema(), document)
    assert refused(tmp_path, INSTRUMENT, document)


@pytest.mark.parametrize("change", BROKEN_CATEGORIES.values(), ids=BROKEN_CATEGORIES)
def test_schema_and_loader_refuse_the_same_category_tables(tmp_path: Path, change: Change) -> None:
    document = tomllib.loads((SURVEYS / CATEGORIES).read_text(encoding="utf-8"))
    change(document)
    assert not accepts(categories_schema(), document)
    assert refused(tmp_path, CATEGORIES, document)


def tables(schema: dict[str, Any], path: tuple[str | int, ...] = ()) -> list[tuple[Any, ...]]:
    """Every table that a schema describes: the way to its first item, its schema."""
    if schema.get("type") == "array":
        return tables(schema["items"], (*path, 0))
    found = [(path, schema)] if "properties" in schema else []
    for key, inner in schema.get("properties", {}).items():
        found += tables(inner, (*path, key))
    return found


@pytest.mark.parametrize(
    ("schema", "place"),
    [(instrument_schema(), INSTRUMENT), (categories_schema(), CATEGORIES)],
    ids=["instrument", "categories"],
)
def test_schema_and_loader_require_the_same_keys(tmp_path: Path, schema: dict[str, Any], place: str) -> None:
    required = [(path, key) for path, table in tables(schema) for key in table["required"]]
    assert len(required) > 10
    for number, (path, key) in enumerate(required):
        document = tomllib.loads((SURVEYS / place).read_text(encoding="utf-8"))
        table: Any = document
        for step in path:
            table = table[step]
        del table[key]
        directory = tmp_path / str(number)
        directory.mkdir()
        assert not accepts(schema, document), (path, key)
        assert refused(directory, place, document), (path, key)
