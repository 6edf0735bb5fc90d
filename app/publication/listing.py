"""Publications as lines of a list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.aggregation.period_picker import period_name
from app.ikm.periods import parse
from app.instruments.model import Categories, in_language
from app.publication.dates import day_name
from app.publication.queries import Listed
from app.publication.schemas import file_path, page_path
from app.web.chart_words import number


@dataclass(frozen=True, slots=True)
class Line:
    """One publication. `page` and `file` are addresses; `replaced_by` the number of its correction."""

    number: str
    page: str
    file: str
    unit: str
    unit_code: str
    kind: str | None
    service: str | None
    period: str
    issued: str
    ikm: str
    mutu: str
    kinerja: str | None
    respondents: str
    replaced_by: str | None
    reason: str | None


def line(one: Listed, categories: Mapping[str, Categories], language: str) -> Line:
    """A publication in words; `categories` are the tables that this installation knows."""
    row = one.publication
    table = categories.get(row.categories)
    words = table.names.get(row.mutu) if table else None
    return Line(
        number=row.number,
        page=page_path(one.unit.code, row.number),
        file=file_path(row.number),
        unit=one.unit.name,
        unit_code=one.unit.code,
        kind=one.unit.kind,
        service=one.service.name if one.service else None,
        period=period_name(parse(row.period), language),
        issued=day_name(row.issued_on, language),
        ikm=number(Decimal(row.ikm), language),
        mutu=row.mutu,
        kinerja=in_language(words, language) if words else None,
        respondents=number(row.respondents, language),
        replaced_by=one.replaced_by,
        reason=row.reason,
    )


def lines(listed: Iterable[Listed], categories: Mapping[str, Categories], language: str) -> list[Line]:
    """All of them, in their order."""
    return [line(one, categories, language) for one in listed]
