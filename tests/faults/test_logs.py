"""What fails is logged, and what somebody answered is not: not even where the database's own message repeats it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from app.core.settings import Settings
from benchmarks.load.citizens import SECRET, Citizens
from benchmarks.load.processes import Service, serving
from benchmarks.load.rounds import Chain
from benchmarks.load.senders import Crowd, Ledger, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


@contextmanager
def changed(chain: Chain, change: list[str], back: list[str]) -> Iterator[None]:
    """The database otherwise for a while."""
    engine = create_engine(
        Settings(database_url=chain.told["ESKM_DATABASE_URL"]).database_url, isolation_level="AUTOCOMMIT"
    )
    try:
        with engine.connect() as connection:
            for statement in change:
                connection.execute(text(statement))
            yield
            for statement in back:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def refuses_everybody(chain: Chain, service: Service, change: list[str], back: list[str]) -> None:
    """Under load the database refuses everything, and then no longer."""
    ledger = chain.ledger
    with chain.crowd(service):
        before = len(ledger.acknowledged)
        until(lambda: len(ledger.acknowledged) > before + 20, "nothing is stored")
        with changed(chain, change, back):
            refused = ledger.busy
            until(lambda: ledger.busy > refused + 30, "nobody was refused")
        before = len(ledger.acknowledged)
        until(lambda: len(ledger.acknowledged) > before + 20, "it does not recover")
    # "Rejected" would have told clients to forget an answer that has nothing wrong with it.
    assert chain.findings() == []


def refuses_some(chain: Chain, service: Service, change: list[str], back: list[str]) -> None:
    """Under load the database refuses every row with a comment, in words that repeat it."""
    other = Ledger()
    with changed(chain, change, back), Crowd(service.port, other, Citizens(chain.seed + 1)):
        until(lambda: len(other.strange) > 30 and len(other.acknowledged) > 10, "it is not as expected")
    assert {one[:4] for one in other.strange} == {"422:"}
    assert all('"response_rejected"' in one and SECRET not in one for one in other.strange)
    assert all("comment" not in other.sent[id_] for id_ in other.acknowledged)
    chain.ledger.sent |= other.sent
    chain.ledger.acknowledged |= other.acknowledged


MISSING = (["ALTER TABLE comment RENAME TO elsewhere"], ["ALTER TABLE elsewhere RENAME TO comment"])
READ_ONLY = (
    [
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
        "current_database()); END $$",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    ],
    [
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', "
        "current_database()); END $$",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    ],
)
TALKATIVE = {
    "sqlite": (
        [
            "CREATE TRIGGER talkative BEFORE INSERT ON comment "
            f"BEGIN SELECT RAISE(ABORT, 'refused: {SECRET}'); END"
        ],
        ["DROP TRIGGER talkative"],
    ),
    # Its detail quotes the row: "Failing row contains (…)".
    "postgresql": (
        ["ALTER TABLE comment ADD CONSTRAINT talkative CHECK (length(text) < 3) NOT VALID"],
        ["ALTER TABLE comment DROP CONSTRAINT talkative"],
    ),
}


def test_no_failure_writes_an_answer_into_the_log(chain: Chain, backend: str) -> None:
    told = {**chain.told, "ESKM_LOG_LEVEL": "DEBUG"}
    with serving(told, chain.log, forked=True) as service:
        refuses_everybody(chain, service, *MISSING)
        if backend == "postgresql":
            refuses_everybody(chain, service, *READ_ONLY)
        refuses_some(chain, service, *TALKATIVE[backend])
        assert chain.findings() == []
        assert service.status("/readyz") == 200
    log = chain.log.read_text(encoding="utf-8")
    assert "intake.unavailable" in log
    assert "intake.rejected" in log
    assert SECRET not in log
    # Neither comments nor the ids or scores that a message could have quoted.
    assert not any(id_ in log or id_.replace("-", "") in log for id_ in chain.ledger.sent)
    assert "persyaratan" not in log
