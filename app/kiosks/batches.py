"""A batch of a kiosk: every answer judged by itself, one bad answer never holds up the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core import problems
from app.core.errors import Busy, DomainError, FieldError, InvalidInput
from app.instruments.answers import AnswerValidator, InvalidAnswer
from app.kiosks.schemas import BatchResult
from app.responses.directory import OpenPoint
from app.responses.errors import IdConflict, ResponseRejected
from app.responses.reception import Reception
from app.responses.submission import Outcome, Submission, submission

ID_MAX = 100


@dataclass(frozen=True, slots=True)
class _Judged:
    id: str | None
    submission: Submission | None
    error: DomainError | None


async def store_batch(
    reception: Reception, point: OpenPoint, items: Sequence[Any], language: str
) -> list[BatchResult]:
    """Store what is valid; one result per item, in order. Raises `Busy`: send all of it again."""
    judged = [_judge(reception, point, item) for item in items]
    outcomes = await reception.intake.submit_many([one.submission for one in judged if one.submission])
    for outcome in outcomes:
        if isinstance(outcome, Busy):
            raise outcome
    waiting = iter(outcomes)
    return [
        _result(reception, one, next(waiting) if one.submission else Outcome.REJECTED, language)
        for one in judged
    ]


def _judge(reception: Reception, point: OpenPoint, item: Any) -> _Judged:
    if not isinstance(item, dict):
        return _Judged(None, None, _not_an_answer())
    given = item.get("id")
    id_ = given if isinstance(given, str) and len(given) <= ID_MAX else None
    if "point" in item:
        fault = FieldError("/point", "field_unknown", "Isian ini tidak dikenal.")
        return _Judged(id_, None, InvalidInput(errors=(fault,)))
    try:
        service = point.service(_service_of(item))
        now = reception.clock()
        # The device's point stands in: the same validator serves everyone.
        answer = _validated(service.validator, {**item, "point": point.code}, now)
    except InvalidInput as error:
        return _Judged(id_, None, error)
    return _Judged(id_, submission(answer, service.target, now), None)


def _service_of(item: dict[str, Any]) -> str | None:
    code = item.get("service")
    return code if isinstance(code, str) else None


def _validated(validator: AnswerValidator, values: dict[str, Any], now: Any) -> Any:
    try:
        return validator.parse(values, now)
    except InvalidAnswer as error:
        raise InvalidInput(errors=error.errors) from None


def _not_an_answer() -> InvalidInput:
    return InvalidInput(errors=(FieldError("", "value_invalid", "Isi atau jenis isian ini tidak sesuai."),))


def _result(reception: Reception, judged: _Judged, outcome: Any, language: str) -> BatchResult:
    error = judged.error
    if outcome is Outcome.CONFLICT:
        error = IdConflict()
    elif outcome is Outcome.REJECTED and error is None:
        error = ResponseRejected()
    stored = judged.submission if error is None else None
    return BatchResult(
        id=judged.id,
        status=outcome.value,
        receipt=reception.receipt(stored.unit_id, stored.id) if stored else None,
        problem=problems.of_error(error, language) if error else None,
    )
