"""Rounds of load that end in a kill, and after each a look at everything that is stored."""

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load.citizens import SECRET, Citizens
from benchmarks.load.postgres import Cluster
from benchmarks.load.processes import Service, command, serving, start
from benchmarks.load.recount import findings
from benchmarks.load.senders import Crowd, Ledger, Sender, until

EARLY = 0.1  # of the kills come while the service starts


@dataclass
class Chain:
    """Rounds on one database. `told` is the environment of the service, `token` that of a kiosk."""

    told: Mapping[str, str]
    log: Path
    token: str | None
    seed: int
    longest_seconds: float = 0.9
    forked: bool = False
    ledger: Ledger = field(default_factory=Ledger)
    kills: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self._citizens = Citizens(self.seed)

    def findings(self) -> list[str]:
        """What is wrong now."""
        found = findings(self.told["ESKM_DATABASE_URL"], self.ledger)
        if self.log.exists() and SECRET in self.log.read_text(encoding="utf-8"):
            found.append("an answer's content stands in the log")
        return found

    def crowd(self, service: Service) -> Crowd:
        """Everybody who sends."""
        return Crowd(service.port, self.ledger, self._citizens, token=self.token)

    def kill_service(self, rounds: int) -> Iterator[list[str]]:
        """Start, load, SIGKILL, `rounds` times; what was found after each restart."""
        for _ in range(rounds):
            self.kills += 1
            if self.chance.random() < EARLY:
                service = start(self.told, self.log, forked=self.forked)
                time.sleep(self.chance.uniform(0, self.longest_seconds))
                service.kill()
                self.kills += 1
            with serving(self.told, self.log, forked=self.forked) as service:
                yield self.findings()
                with self.crowd(service):
                    self._wait_for_more()
                    time.sleep(self.chance.uniform(0, self.longest_seconds))
                    service.kill()

    def stop_database(self, cluster: Cluster, rounds: int) -> Iterator[list[str]]:
        """Immediate shutdown of the database server under load, `rounds` times; the service stays."""
        with serving(self.told, self.log, forked=self.forked) as service:
            for _ in range(rounds):
                self.kills += 1
                with self.crowd(service):
                    self._wait_for_more()
                    time.sleep(self.chance.uniform(0, self.longest_seconds))
                    refused = self.ledger.busy
                    cluster.stop_at_once()
                    # Clients are told to wait, and those who ask whether it can store get the same answer.
                    until(lambda refused=refused: self.ledger.busy > refused + 10, "nobody was refused")
                    if service.status("/readyz") != 503 or service.status("/healthz") != 200:
                        self.ledger.wonder("without a database: alive, and not ready")
                    cluster.start()
                    self._wait_for_more()
                if service.code() is not None:
                    self.ledger.wonder("the service ended")
                yield self.findings()

    def finish(self) -> list[str]:
        """Send all that was kept, recount, stop in order; what is wrong at the end."""
        with serving(self.told, self.log, forked=self.forked) as service:
            Sender(service.port, self.ledger, self._citizens.answer).drain()
            service.terminate()
            service.wait()
        found = self.findings()
        if unanswered := self.ledger.sent.keys() - self.ledger.acknowledged.keys():
            found.append(f"never acknowledged: {len(unanswered)}")
        verified = command(self.told, "verify")
        if verified.returncode != 0:
            found.append(f"eskm verify: {verified.stdout}{verified.stderr}")
        return found

    def _wait_for_more(self) -> None:
        before = len(self.ledger.acknowledged)
        until(lambda: len(self.ledger.acknowledged) > before, "nothing was acknowledged")
