"""Query parameters that results and exports share."""

from typing import Annotated

from fastapi import Depends, Query

from app.core.errors import FieldError, InvalidInput
from app.ikm.periods import Period, PeriodError, parse

PERIOD_HELP = "2026, 2026-S1, 2026-Q3, 2026-09 atau 2026-07-17..2026-09-15 (hari terakhir termasuk)"


def parse_period(code: str, pointer: str = "/period") -> Period:
    """The period with this code. Raises `InvalidInput` that shows what codes look like."""
    try:
        return parse(code)
    except PeriodError:
        message = "Periode ini tidak dikenal. Contoh: {examples}."
        fault = FieldError(pointer, "period_invalid", message, {"examples": PERIOD_HELP})
        raise InvalidInput(errors=(fault,)) from None


def _period(period: Annotated[str, Query(description=PERIOD_HELP, examples=["2026-Q3"])]) -> Period:
    return parse_period(period)


PeriodParameter = Annotated[Period, Depends(_period)]
