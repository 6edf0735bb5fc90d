"""Makes the file of a recipe, whatever its format."""

from pathlib import Path

from app.exports import responses_csv, responses_parquet, responses_sav, responses_xlsx
from app.exports.reading import Progress, Reading


def make(path: Path, reading: Reading, rows_expected: int, progress: Progress | None = None) -> None:
    """Write the file at `path`; a failure leaves what was written so far, to be removed by whoever asked."""
    if reading.recipe.format == "csv":
        with path.open("wb") as file:
            file.writelines(responses_csv.pieces(reading, progress))
    elif reading.recipe.format == "xlsx":
        responses_xlsx.write(path, reading, rows_expected, progress)
    elif reading.recipe.format == "parquet":
        responses_parquet.write(path, reading, progress)
    else:
        responses_sav.write(path, reading, progress)
