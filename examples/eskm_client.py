"""A small client of an e-SKM service: answers in, results out. Needs Python 3.11 and httpx; copy it and change it.

with Client("https://skm.kota.example", token="eskm_...") as eskm:
    print(eskm.ikm("dpmptsp", "2026-Q3")["ikm"])
"""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NotRequired, TypedDict, cast
from uuid import UUID, uuid4

import httpx

By = Literal["month", "quarter", "semester", "year"]
TRIES = 5


class Named(TypedDict):
    """A unit or a service."""

    code: str
    name: str


class Period(TypedDict):
    """Its code, its first day, and the day after its last."""

    code: str
    start: str
    end: str


class Category(TypedDict):
    """The quality category: letter and words."""

    mutu: str
    kinerja: str


class Exact(TypedDict):
    """A reduced fraction: print it to as many digits as you like."""

    numerator: int
    denominator: int


class Interval(TypedDict):
    """The 95 % interval of an IKM."""

    level: float
    low: float
    high: float
    category_certain: bool


class Element(TypedDict):
    """One of the nine elements."""

    key: str
    code: str
    name: str
    n: int
    counts: list[int]
    sum: int
    nrr: float | None
    ikm: float | None
    category: str | None


class Result(TypedDict):
    """The IKM of a unit or service in a period; `ikm` is None without answers."""

    unit: Named
    service: Named | None
    period: Period
    instrument: str | None
    weight: str
    rollup: str
    respondents: int
    excluded: int
    ikm: float | None
    index: float | None
    exact: Exact | None
    category: Category | None
    interval: Interval | None
    elements: list[Element]
    lowest: list[str]
    as_of: str


class Acknowledged(TypedDict):
    """An answer that is durable."""

    id: str
    receipt: str
    status: Literal["stored", "duplicate"]


class Answer(TypedDict):
    """What is sent: a score for each question of the point, and what else is known."""

    point: str
    scores: Mapping[str, int]
    service: NotRequired[str]
    answered_at: NotRequired[str]
    profile: NotRequired[Mapping[str, Any]]
    comment: NotRequired[str]
    seconds: NotRequired[int]


class Problem(Exception):
    """The service refused: `code` is stable, `detail` is for people, `errors` name the fields."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {document.get('code')}: {document.get('detail')}")
        self.status = status
        self.code = str(document.get("code", ""))
        self.detail = str(document.get("detail", ""))
        self.errors: list[dict[str, str]] = list(document.get("errors", ()))


class Client:
    """One service. What is busy or away for a moment is asked again; every call is safe to repeat."""

    def __init__(self, address: str, token: str | None = None, *, language: str = "id") -> None:
        headers = {"Accept-Language": language}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(base_url=address, headers=headers, timeout=30)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def send(self, answer: Answer, id_: UUID | None = None) -> Acknowledged:
        """Store one answer, exactly once: after any doubt send it again with the same `id_`."""
        body = {"id": str(id_ or uuid4()), **answer}
        return cast(Acknowledged, self._call("POST", "/api/v1/responses", json=body))

    def units(self) -> list[Named]:
        """All units that the token may see."""
        return cast(list[Named], self._call("GET", "/api/v1/units")["units"])

    def results(self, unit: str, period: str, **query: str) -> list[Result]:
        """One result for each questionnaire that was answered. `query`: service, weight, rollup, flagged."""
        found = self._call("GET", f"/api/v1/units/{unit}/ikm", params={"period": period, **query})
        return cast(list[Result], found.get("results", [found]))

    def ikm(self, unit: str, period: str, **query: str) -> Result:
        """The only result. Raises ValueError where several questionnaires were answered: they are never mixed."""
        results = self.results(unit, period, **query)
        if len(results) != 1:
            raise ValueError(f"{len(results)} questionnaires in {period}: use results()")
        return results[0]

    def compare(self, unit: str, period: str, with_: str, **query: str) -> dict[str, Any]:
        """Two periods side by side, and which differences are more than chance."""
        params = {"period": period, "with": with_, **query}
        return self._call("GET", f"/api/v1/units/{unit}/ikm/compare", params=params)

    def trend(self, unit: str, by: By = "quarter", **query: str) -> list[dict[str, Any]]:
        """Consecutive periods, oldest first. `query`: from, to, service, weight, rollup."""
        found = self._call("GET", f"/api/v1/units/{unit}/ikm/trend", params={"by": by, **query})
        return cast(list[dict[str, Any]], found["points"])

    def ranking(self, under: str, period: str) -> dict[str, Any]:
        """All units below one, ranked, and its own figure."""
        return self._call("GET", "/api/v1/ikm", params={"under": under, "period": period})

    def publications(self, unit: str) -> list[dict[str, Any]]:
        """Signed results of a unit."""
        found = self._call("GET", "/api/v1/publications", params={"unit": unit})
        return cast(list[dict[str, Any]], found["publications"])

    def export(self, unit: str, period: str, target: Path, **query: str) -> Path:
        """Answers into a file, whose name's end says the format: csv, xlsx, parquet, sav. Memory stays small."""
        path = f"/api/v1/units/{unit}/exports/responses{target.suffix}"
        with self._http.stream("GET", path, params={"period": period, **query}) as answer:
            if answer.is_error:
                answer.read()
                raise _problem(answer)
            with target.open("wb") as file:
                for chunk in answer.iter_bytes():
                    file.write(chunk)
        return target

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        for wait in _waits():
            try:
                answer = self._http.request(method, path, **options)
            except httpx.TransportError:
                if wait is None:
                    raise
                time.sleep(wait)
                continue
            if answer.status_code not in (429, 503) or wait is None:
                break
            time.sleep(float(answer.headers.get("retry-after", wait)))
        if answer.is_error:
            raise _problem(answer)
        return cast(dict[str, Any], answer.json())


def _waits() -> Iterator[float | None]:
    """Seconds to wait after each failed try; None after the last."""
    yield from (0.5 * 2**number for number in range(TRIES - 1))
    yield None


def _problem(answer: httpx.Response) -> Problem:
    is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return Problem(answer.status_code, answer.json() if is_problem else {"detail": answer.reason_phrase})
