"""JSON Schema (2020-12) of the files in `surveys/`, so that an editor can help while one is written.

The loader decides what is valid; the schemas say the part of it that a schema can say, from the same names.
"""

import json
from pathlib import Path
from typing import Any

from app.instruments import category_file as categories
from app.instruments import instrument_file as instruments
from app.instruments.checks import Form
from app.instruments.model import LANGUAGES, MAX_OPTIONS, RESERVED_KEYS

INSTRUMENT_SCHEMA_FILE = "instrument.schema.json"
CATEGORIES_SCHEMA_FILE = "categories.schema.json"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NOT_BLANK = {"type": "string", "pattern": r"\S"}

Schema = dict[str, Any]


def instrument_schema() -> Schema:
    """The schema of `<id>/<version>.toml`."""
    question_key = {**_form(instruments.KEY_FORM), "not": {"enum": sorted(RESERVED_KEYS)}}
    question = _table(
        {
            "key": {**question_key, "description": "Kunci jawaban; tidak pernah diganti"},
            "text": _by_language(_NOT_BLANK),
            "options": {**_by_language(_labels()), "description": "Dari skor terendah ke tertinggi"},
        },
        instruments.QUESTION_KEYS,
    )
    element = _table(
        {
            "key": _form(instruments.KEY_FORM),
            "code": _form(instruments.CODE_FORM),
            "name": _by_language(_NOT_BLANK),
            "questions": {"type": "array", "minItems": 1, "items": question},
            "importance": {
                **question,
                "description": "Seberapa penting unsur ini; dijawab seperti pertanyaan lain, tidak masuk IKM",
            },
        },
        instruments.ELEMENT_KEYS,
    )
    return {
        "$schema": _DIALECT,
        "title": "Instrumen survei",
        **_table(
            {
                "id": {**_form(instruments.ID_FORM), "description": "Sama dengan nama direktori"},
                "version": {
                    **_integer(1, instruments.MAX_VERSION),
                    "description": "Sama dengan nama berkas",
                },
                "title": _by_language(_NOT_BLANK),
                "basis": {**_NOT_BLANK, "description": "Dasar hukum"},
                "scale": {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 1},
                    "minItems": 2,
                    "maxItems": 2,
                    "description": "Skor terendah dan tertinggi",
                },
                "conversion": {**_integer(1, 100), "description": "IKM = conversion x indeks"},
                "categories": {**_form(categories.TABLE_ID_FORM), "description": "categories/<id>.toml"},
                "ask_order": {
                    "type": "array",
                    "items": _form(instruments.KEY_FORM),
                    "minItems": 1,
                    "uniqueItems": True,
                    "description": "Kunci semua pertanyaan, menurut urutan ditanyakan",
                },
                "elements": {
                    "type": "array",
                    "minItems": 1,
                    "items": element,
                    "description": "Unsur menurut urutan pasal",
                },
            },
            instruments.INSTRUMENT_KEYS,
        ),
    }


def categories_schema() -> Schema:
    """The schema of `categories/<id>.toml`."""
    year = _integer(categories.FIRST_YEAR, categories.LAST_YEAR)
    band = _table(
        {
            "mutu": _form(categories.MUTU_FORM),
            "lower": _form(categories.BOUND_FORM),
            "upper": _form(categories.BOUND_FORM),
            "kinerja": _by_language(_NOT_BLANK),
            "perception": _integer(1, categories.MAX_PERCEPTION),
        },
        categories.BAND_KEYS,
    )
    return {
        "$schema": _DIALECT,
        "title": "Tabel kategori mutu pelayanan",
        **_table(
            {
                "id": {**_form(categories.TABLE_ID_FORM), "description": "Sama dengan nama berkas"},
                "title": _by_language(_NOT_BLANK),
                "basis": {**_NOT_BLANK, "description": "Dasar hukum"},
                "years": _table({"from": year, "until": year}, categories.YEARS_REQUIRED),
                "bands": {
                    "type": "array",
                    "minItems": 1,
                    "items": band,
                    "description": "Dari mutu terbaik ke mutu terendah",
                },
            },
            categories.TABLE_KEYS,
        ),
    }


def write_schemas(directory: Path) -> list[Path]:
    """Write both schemas into a surveys directory; the paths that were written."""
    schemas = {
        INSTRUMENT_SCHEMA_FILE: instrument_schema(),
        CATEGORIES_SCHEMA_FILE: categories_schema(),
    }
    for name, schema in schemas.items():
        (directory / name).write_text(
            json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    return [directory / name for name in schemas]


def _table(properties: Schema, required: tuple[str, ...]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _by_language(value: Schema) -> Schema:
    return _table(dict.fromkeys(LANGUAGES, value), LANGUAGES)


def _labels() -> Schema:
    return {
        "type": "array",
        "items": _NOT_BLANK,
        "minItems": 2,
        "maxItems": MAX_OPTIONS,
        "uniqueItems": True,
    }


def _form(form: Form) -> Schema:
    return {"type": "string", "pattern": f"^{form.pattern.pattern}$"}


def _integer(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}
