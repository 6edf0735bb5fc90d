"""`eskm layout`: our Word layout of the SKM report, for a government that wants its own."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.opening import fail, out
from app.reports.word_layout import default_layout


def layout(file: Annotated[Path, typer.Argument(help="Berkas .docx yang akan ditulis.")]) -> None:
    """Tulis tata letak Word laporan SKM untuk diubah; lalu pasang dengan ESKM_REPORT_LAYOUT_FILE."""
    if file.exists():
        raise fail(f"{file} sudah ada.")
    try:
        file.write_bytes(default_layout())
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from None
    out.print(f"{file} ditulis.", markup=False)
