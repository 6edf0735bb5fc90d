"""Answers of the API as examples in its description, in both languages.

`examples.json` holds them by operation; a test asks a service for each and compares.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
_FILE = Path(__file__).with_name("examples.json")


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Operation, as in `get /api/v1/units`, -> language -> the body of its first successful answer."""
    loaded: dict[str, dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded


def add_examples(schema: dict[str, Any]) -> None:
    """Put the examples into an OpenAPI document, each beside the schema of what it is an example of.

    Operations and media types that the document does not have are passed over.
    """
    for operation, values in examples().items():
        method, _, path = operation.partition(" ")
        responses = schema["paths"].get(path, {}).get(method, {}).get("responses", {})
        for status, response in responses.items():
            if not status.startswith("2"):
                continue
            for media_type, content in response.get("content", {}).items():
                if media_type in ("application/json", "text/csv"):
                    content["examples"] = {
                        language: {"summary": LANGUAGES[language], "value": value}
                        for language, value in values.items()
                    }
