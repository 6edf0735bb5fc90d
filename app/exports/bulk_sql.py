"""SQL that hands out answers with every cell already written, computed where the data lie.

The same cells on both databases, as texts and whole numbers. Values are bound, never pasted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.exports.cells import CUT_FORMULA, STARTS_FORMULA
from app.exports.recipe import Recipe, UnitPart

CELL_FUNCTION = "eskm_cell"  # on SQLite: `Dialect` itself


@dataclass(slots=True)
class Statement:
    """SQL under construction, with the values of its placeholders in their order."""

    text: str = ""
    values: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Days:
    """Answers of one unit from `start` until before `end`; `rows` as counted a moment ago."""

    unit: UnitPart
    start: date
    end: date
    rows: int


Word = Callable[[str], str]


class Select:
    """The cells of one unit. `word` is what becomes of texts that people chose: codes, names, comments."""

    def __init__(self, recipe: Recipe, unit: UnitPart, word: Word, *, offset: bool) -> None:
        self.recipe, self.unit, self.word, self.with_offset = recipe, unit, word, offset
        self.mark = "?" if recipe.is_sqlite else "%s"
        self.values: list[Any] = []

    def cells(self, comment: str) -> list[str]:
        """An expression a column, in the order of the recipe; `comment` is that of the last one."""
        service = [(id_, self.word(code), self.word(name)) for id_, code, name in self.unit.services]
        points = [(id_, self.word(code)) for id_, code in self.unit.points]
        return [
            self._bind(self.word(self.unit.code)),
            self._bind(self.word(self.unit.name)),
            self._chosen("r.service_id", [(id_, code) for id_, code, _ in service]),
            self._chosen("r.service_id", [(id_, name) for id_, _, name in service]),
            self._id(),
            "r.local_date" if self.recipe.is_sqlite else "r.local_date::text",
            self._instant("r.answered_at"),
            self._instant("r.received_at"),
            "r.channel",
            self._chosen("r.point_id", points),
            "r.instrument",
            *(self._score(key) for key in self.recipe.scores),
            *("r.sex", "r.age", "r.education", "r.occupation"),
            self._truth("r.disability"),
            *("r.seconds", "r.state"),
            self._flags(),
            *([comment] if self.recipe.has_comments else []),
        ]

    def rest(self, days: Days) -> str:
        """Where the cells come from and in what order; binds behind them."""
        comments = "LEFT JOIN comment c ON c.unit_id = r.unit_id AND c.response_id = r.id"
        order = "ORDER BY r.local_date, r.id"
        return f"FROM response r {comments if self.recipe.has_comments else ''} {self.where(days)} {order}"

    def where(self, days: Days) -> str:
        """Which answers; a version that is first answered while the export runs has no column in it."""
        refs = ", ".join(self._bind(ref) for ref in self.recipe.instruments)
        instruments = f"r.instrument IN ({refs})" if refs else "1 = 0"
        service = self.recipe.service_id
        # The order of the placeholders is that of the text.
        conditions = [
            instruments,
            f"r.unit_id = {self._bind(self.unit.id)}",
            f"r.local_date >= {self._bind(self._day(days.start))}",
            f"r.local_date < {self._bind(self._day(days.end))}",
            *([] if service is None else [f"r.service_id = {self._bind(service)}"]),
        ]
        return f"WHERE {' AND '.join(conditions)}"

    def _day(self, day: date) -> object:
        return day.isoformat() if self.recipe.is_sqlite else day

    def _bind(self, value: object) -> str:
        self.values.append(value)
        return self.mark

    def _chosen(self, column: str, values: Iterable[tuple[int, str]]) -> str:
        """The text that belongs to an id: quicker than a join where there is a handful, and its texts are ready."""
        cases = " ".join(f"WHEN {self._bind(id_)} THEN {self._bind(text)}" for id_, text in values)
        return f"CASE {column} {cases} END" if cases else "NULL"

    def _id(self) -> str:
        if not self.recipe.is_sqlite:
            return "r.id::text"
        return " || '-' || ".join(
            f"substr(r.id, {first}, {size})" for first, size in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        )

    def _instant(self, column: str) -> str:
        """RFC 3339 to the second in the unit's zone; Indonesia's zones have had no summer time since 1964."""
        zone = ZoneInfo(self.unit.timezone)
        noon = datetime(
            self.recipe.start.year, self.recipe.start.month, self.recipe.start.day, 12, tzinfo=zone
        )
        shift = noon.utcoffset()
        minutes = int(shift.total_seconds()) // 60 if shift else 0
        after = f"+{minutes // 60:02d}:{minutes % 60:02d}" if self.with_offset else ""
        if self.recipe.is_sqlite:
            return f"strftime('%Y-%m-%dT%H:%M:%S{after}', {column}, '+{minutes} minutes')"
        local = f"{column} AT TIME ZONE interval '{minutes} minutes'"
        return f"""to_char({local}, 'YYYY-MM-DD"T"HH24:MI:SS{after}')"""

    def _score(self, key: str) -> str:
        if self.recipe.is_sqlite:
            path = f'$."{key}"'
            return f"json_extract(r.scores, {self._bind(path)})"
        return f"(r.scores ->> {self._bind(key)})::int"

    def _truth(self, column: str) -> str:
        return f"CASE WHEN {column} THEN 'true' WHEN NOT {column} THEN 'false' END"

    def _flags(self) -> str:
        if self.recipe.is_sqlite:
            listed = "SELECT group_concat(value, ' ') FROM json_each(r.flags)"
        else:
            listed = "SELECT string_agg(value, ' ') FROM json_array_elements_text(r.flags)"
        return f"CASE WHEN r.flags IS NOT NULL THEN ({listed}) END"


def typed(recipe: Recipe, days: Days) -> Statement:
    """A column a cell: texts as they are, scores and numbers as whole numbers, times without their offset."""
    select = Select(recipe, days.unit, str, offset=False)
    cells = ", ".join(select.cells("c.text"))
    return Statement(f"SELECT {cells} {select.rest(days)}", select.values)


def csv_lines(recipe: Recipe, days: Days, separator: str, quoted: Word) -> Statement:
    """SQLite: one text column, each row a line of the file without its end. `quoted` makes a cell of a text."""
    select = Select(recipe, days.unit, quoted, offset=True)
    cells = select.cells(f"CASE WHEN c.text IS NOT NULL THEN {CELL_FUNCTION}(c.text) END")
    form = separator.join(["%s"] * len(cells))
    return Statement(f"SELECT printf('{form}', {', '.join(cells)}) {select.rest(days)}", select.values)


def csv_copy(recipe: Recipe, days: Days, separator: str, word: Word) -> Statement:
    """PostgreSQL: a COPY that writes the lines and quotes where it must. `word` makes a text harmless."""
    select = Select(recipe, days.unit, word, offset=True)
    cells = ", ".join(select.cells(_harmless_sql("c.text")))
    query = f"SELECT {cells} {select.rest(days)}"
    return Statement(f"COPY ({query}) TO STDOUT (FORMAT csv, DELIMITER '{separator}')", select.values)


def longest_comment(recipe: Recipe, unit: UnitPart) -> Statement:
    """The length in bytes of the longest comment of a unit; nothing without comments."""
    select = Select(recipe, unit, str, offset=False)
    length = "length(CAST(c.text AS BLOB))" if recipe.is_sqlite else "octet_length(c.text)"
    where = select.where(Days(unit, recipe.start, recipe.end, 0))
    source = "comment c JOIN response r ON r.unit_id = c.unit_id AND r.id = c.response_id"
    return Statement(f"SELECT max({length}) FROM {source} {where}", select.values)  # noqa: S608 - no values in it


def counted_days(recipe: Recipe, unit: UnitPart) -> Statement:
    """How many answers of a unit each day has, from the index alone unless one service is wanted."""
    select = Select(recipe, unit, str, offset=False)
    values = [recipe.start, recipe.end]
    service = "" if recipe.service_id is None else f" AND service_id = {select.mark}"
    bound = [unit.id, *(select._day(day) for day in values)]
    bound += [] if recipe.service_id is None else [recipe.service_id]
    where = f"unit_id = {select.mark} AND local_date >= {select.mark} AND local_date < {select.mark}{service}"
    text = f"SELECT local_date, count(*) FROM response WHERE {where} GROUP BY local_date ORDER BY local_date"  # noqa: S608 - marks alone
    return Statement(text, bound)


def _harmless_sql(text: str) -> str:
    """What `Dialect.cell` does to a text, as SQL."""
    cut = f"regexp_replace({text}, {_quoted(CUT_FORMULA)}, {_quoted(chr(92) + '1' + chr(39))}, 'g')"
    starts = _quoted(f"^(?:{STARTS_FORMULA})")
    return f"CASE WHEN {cut} ~ {starts} THEN '''' || {cut} ELSE {cut} END"


def _quoted(constant: str) -> str:
    """A pattern of the code as SQL; PostgreSQL's texts hold no NUL, nor do its patterns."""
    return "'" + constant.replace("'", "''").replace("%", "%%").replace(r"\u0000", r"\u0001") + "'"
