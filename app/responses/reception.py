"""What every way of answering does: find the point, validate, file, store, acknowledge."""

from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired
from uuid import UUID

from pydantic import TypeAdapter, ValidationError, with_config
from starlette.concurrency import run_in_threadpool
from typing_extensions import TypedDict

from app.auth.keys import Keys
from app.core.clock import Clock
from app.core.errors import InvalidInput
from app.ikm.scale import Scale
from app.instruments.answers import Answer, InvalidAnswer
from app.instruments.faults import of_validation
from app.responses import tickets
from app.responses.arrivals import Arrivals, Source
from app.responses.directory import Directory, OpenPoint, OpenService
from app.responses.errors import IdConflict, PointClosed, ResponseRejected
from app.responses.evidence import NOTHING, Evidence, Judge
from app.responses.intake import Intake
from app.responses.receipts import receipt_code
from app.responses.submission import Outcome, Submission, Target, submission


@with_config({"extra": "ignore", "strict": True})
class _Address(TypedDict):
    point: str
    service: NotRequired[str | None]


SHARED = frozenset({"kiosk", "counter"})
"""Channels whose device is used by many people in turn."""
_ADDRESS: TypeAdapter[_Address] = TypeAdapter(_Address)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer that is durable: stored now, or already there with the same content."""

    id: UUID
    receipt: str
    status: Outcome


class Reception:
    """The collection path of one process."""

    def __init__(
        self, directory: Directory, intake: Intake, secret: bytes, clock: Clock, arrivals: Arrivals
    ) -> None:
        self.directory = directory
        self.intake = intake
        self.clock = clock
        self.arrivals = arrivals
        self.judge = Judge(Keys(secret))
        self._secret = secret

    async def point(self, code: str) -> OpenPoint:
        """The open point with this code. Raises `PointUnknown`, `PointClosed`."""
        point = await self.directory.point(code)
        if not point.services:
            raise PointClosed
        return point

    async def accept_json(
        self, body: bytes, source: Source | None = None, evidence: Evidence = NOTHING
    ) -> Accepted:
        """Store the answer in a JSON body from `source`, with the evidence beside it.

        Raises a domain error that says why it is not stored.
        """
        service = await self._addressed(body)
        now = self.clock()
        try:
            answer = service.validator.parse_json(body, now)
        except InvalidAnswer as error:
            raise InvalidInput(errors=error.errors) from None
        return await self.receive(answer, service.target, now, source, evidence)

    async def receive(
        self,
        answer: Answer,
        target: Target,
        now: datetime,
        source: Source | None,
        evidence: Evidence = NOTHING,
    ) -> Accepted:
        """Store a valid answer to what `target` asks; `evidence` is what came beside it and decides on flags.

        Raises as `store`, `TooMany`, and `InvalidInput` without the ticket that the point wants.
        """
        arrived = self.arrivals.admit(target.point_code, source, shared=target.channel in SHARED)
        if target.tickets and target.point_id is not None:
            at = answer.answered_at or now
            await run_in_threadpool(
                self._check_ticket, target.unit_id, target.point_id, target.service_id, answer.id, at
            )
        flags = arrived + self.judge.flags(answer, target, evidence, now)
        return await self.store(submission(answer, target, now, flags))

    def _check_ticket(self, unit_id: int, point_id: int, service_id: int, id_: UUID, at: datetime) -> None:
        with self.directory.database.read() as session:
            tickets.check(session, unit_id, point_id, service_id, id_, at)

    async def store(self, submitted: Submission) -> Accepted:
        """Store one submission. Raises `IdConflict`, `ResponseRejected`, `Busy`."""
        outcome = await self.intake.submit(submitted)
        if outcome is Outcome.CONFLICT:
            raise IdConflict
        if outcome is Outcome.REJECTED:
            raise ResponseRejected
        return Accepted(submitted.id, self.receipt(submitted.unit_id, submitted.id), outcome)

    def receipt(self, unit_id: int, response_id: UUID) -> str:
        """The receipt code of a stored answer."""
        return receipt_code(self._secret, unit_id, response_id)

    async def _addressed(self, body: bytes) -> OpenService:
        try:
            address = _ADDRESS.validate_json(body)
        except ValidationError as error:
            raise InvalidInput(errors=of_validation(error, Scale())) from None
        point = await self.point(address["point"])
        return point.service(address.get("service"))
