"""From values on the wire to an answer, or to the list of what is wrong with them. Pure.

A validator is compiled once for an instrument and the elements that a service does not ask. It is strict:
no unknown field, no number in quotes, no score that the scale does not have.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NotRequired, cast
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from app.core.errors import FieldError
from app.instruments.faults import of_validation
from app.instruments.model import Instrument

COMMENT_MAX = 2000
# A form may stay open for days and is still a valid answer: only what no column could hold is refused.
SECONDS_MAX = 2**31 - 1
FUTURE_TOLERANCE = timedelta(minutes=5)
STRICT = ConfigDict(strict=True, extra="forbid")

Education = Literal["SD", "SMP", "SMA", "D1-D4", "S1", "S2", "S3"]
Occupation = Literal["PNS", "TNI", "POLRI", "SWASTA", "WIRAUSAHA", "PELAJAR", "PETANI", "IRT", "LAINNYA"]
_UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
# RFC 3339 with its offset; years from 2000 on, the first survey rule is of 2004.
INSTANT = r"^20\d\d-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$"
NOTHING_ANSWERED = FieldError("/scores", "question_missing", "Belum ada pertanyaan yang dijawab.")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")

Code = Annotated[str, StringConstraints(min_length=1, max_length=100)]


@with_config(STRICT)
class ProfileBody(TypedDict, total=False):
    """Who answered, as far as the citizen wants to tell."""

    sex: Literal["L", "P"] | None
    age: Annotated[int, Field(ge=0, le=120)] | None
    education: Education | None
    occupation: Occupation | None
    disability: bool | None


class AnswerFields(TypedDict):
    """All of an answer except where it was given and its scores."""

    id: Annotated[str, Field(pattern=_UUID, json_schema_extra={"format": "uuid"})]
    service: NotRequired[Code | None]
    answered_at: NotRequired[
        Annotated[str, Field(pattern=INSTANT, json_schema_extra={"format": "date-time"})] | None
    ]
    profile: NotRequired[ProfileBody | None]
    comment: NotRequired[Annotated[str, StringConstraints(max_length=COMMENT_MAX)] | None]
    seconds: NotRequired[Annotated[int, Field(ge=0, le=SECONDS_MAX)] | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """A valid answer. `scores` by question key; `answered_at` aware, None when the client gave none."""

    id: UUID
    scores: dict[str, int]
    answered_at: datetime | None = None
    sex: str | None = None
    age: int | None = None
    education: str | None = None
    occupation: str | None = None
    disability: bool | None = None
    comment: str | None = None
    seconds: int | None = None


class InvalidAnswer(ValueError):
    """The values are not an answer to this instrument; `errors` names every fault."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__(", ".join(f"{error.pointer}: {error.code}" for error in errors))
        self.errors = errors


class AnswerValidator:
    """Validates answers to one instrument. `complete` demands every asked question; a paper form that was
    not filled in completely needs one answer at least.
    """

    def __init__(
        self,
        instrument: Instrument,
        not_asked: Collection[str] = (),
        *,
        with_point: bool = True,
        complete: bool = True,
    ) -> None:
        self.instrument = instrument
        self.elements = instrument.ikm_elements(not_asked)
        judging = {question for element in self.elements for question in element.questions}
        # Where importance is asked and not all is demanded, only that may have been answered: no value in it.
        self._judging = judging if instrument.importance_questions and not complete else None
        self._adapter = _compile(instrument, not_asked, with_point=with_point, complete=complete)

    def parse_json(self, body: bytes, now: datetime) -> Answer:
        """The answer in a JSON body. Raises `InvalidAnswer`."""
        try:
            values = self._adapter.validate_json(body)
        except ValidationError as error:
            raise InvalidAnswer(of_validation(error, self.instrument.scale)) from None
        return self._answer(values, now)

    def parse(self, values: Mapping[str, Any], now: datetime) -> Answer:
        """The answer in values that were read from JSON, a form or a table. Raises `InvalidAnswer`."""
        try:
            checked = self._adapter.validate_python(values)
        except ValidationError as error:
            raise InvalidAnswer(of_validation(error, self.instrument.scale)) from None
        return self._answer(checked, now)

    def _answer(self, values: dict[str, Any], now: datetime) -> Answer:
        if self._judging is not None and self._judging.isdisjoint(values["scores"]):
            raise InvalidAnswer((NOTHING_ANSWERED,))
        return _answer(values, now)


def _compile(
    instrument: Instrument, not_asked: Collection[str], *, with_point: bool, complete: bool
) -> TypeAdapter[dict[str, Any]]:
    score = Annotated[int, Field(ge=instrument.scale.low, le=instrument.scale.high)]
    asked = [question.key for question in instrument.asked_questions(not_asked)]
    scores = with_config(STRICT)(TypedDict("Scores", dict.fromkeys(asked, score), total=complete))  # type: ignore[operator]
    held: Any = scores if complete else Annotated[scores, Field(min_length=1)]
    fields: dict[str, Any] = {**AnswerFields.__annotations__, "scores": held}
    if with_point:
        fields["point"] = Code
    body = with_config(STRICT)(TypedDict("Body", fields))  # type: ignore[operator]
    return cast(TypeAdapter[dict[str, Any]], TypeAdapter(body))


def _answer(values: dict[str, Any], now: datetime) -> Answer:
    profile = values.get("profile") or {}
    return Answer(
        id=UUID(values["id"]),
        scores=values["scores"],
        answered_at=_instant(values.get("answered_at"), now),
        comment=clean_comment(values.get("comment")),
        seconds=values.get("seconds"),
        **profile,
    )


def _instant(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text.upper())
    except ValueError:
        fault = FieldError("/answered_at", "time_invalid", "Waktu ini tidak ada di kalender.")
        raise InvalidAnswer((fault,)) from None
    if instant > now + FUTURE_TOLERANCE:
        fault = FieldError("/answered_at", "answered_in_future", "Waktu menjawab ada di masa depan.")
        raise InvalidAnswer((fault,))
    return instant


def clean_comment(text: str | None) -> str | None:
    """A comment without control characters, which no database stores alike; None when nothing is left."""
    return (_CONTROLS.sub(" ", text).strip() or None) if text else None
