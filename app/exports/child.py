"""The process that makes an export, apart from the service and with less right to the processors.

It is given a recipe on standard input and reads with a connection of its own. Without a path the file goes to
standard output; otherwise lines of JSON say how far it is, the last one what became of it.
"""

import os

NICE = 10
if __name__ == "__main__":
    os.nice(NICE)  # before its modules are read, which takes a second of a processor

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from app.exports.making import make
from app.exports.reading import Reading, own_connection
from app.exports.recipe import Recipe
from app.exports.responses_csv import pieces


def main() -> None:
    """Make one export."""
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    recipe = Recipe.from_json(order["recipe"])
    with own_connection(recipe) as opener:
        reading = Reading(recipe, opener)
        if order["path"] is None:
            sys.stdout.buffer.writelines(pieces(reading))
            sys.stdout.buffer.flush()
            return
        path = Path(order["path"])
        make(path, reading, order["rows"], lambda rows: _tell(rows=rows))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    _tell(sha256=digest, size=path.stat().st_size)


def _tell(**members: object) -> None:
    """One line; whoever started us and is gone ends us here."""
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
