"""Kill the service a thousand times and look for a lost or doubled answer: `python -m benchmarks.kill`.

Clients and a kiosk send without pause; at a random moment the process gets SIGKILL, on PostgreSQL every other time
the database server an immediate shutdown instead. After every restart all that is stored is compared with all
that was sent and acknowledged, down to the sums. Exit code 1 when anything differs.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks.load.citizens import CITY, KIOSK
from benchmarks.load.postgres import Cluster, cluster
from benchmarks.load.processes import command, environment
from benchmarks.load.rounds import Chain

# A fresh database now and then: the comparison after every round reads all of it.
ROUNDS_PER_DATABASE = 25


@dataclass
class Summary:
    """What all rounds gave together."""

    rounds: int = 0
    kills: int = 0
    sent: int = 0
    busy: int = 0
    broken: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, chain: Chain) -> None:
        """The result of one database."""
        self.kills += chain.kills
        self.sent += len(chain.ledger.sent)
        self.busy += chain.ledger.busy
        self.broken += chain.ledger.broken
        self.statuses += chain.ledger.statuses()


def prepared(url: str, directory: Path, seed: int, longest: float) -> Chain:
    """Clients of a database with the small city."""
    told = environment(ESKM_DATABASE_URL=url, ESKM_SECRET_KEY_FILE=str(directory / "secret.key"))
    for arguments in (("migrate",), ("units", "load", str(CITY))):
        command(told, *arguments).check_returncode()
    token = command(told, "kiosks", "pair", "--point", KIOSK.point).stdout.split()[-1]
    return Chain(told, directory / "serve.log", token, seed, longest)


@contextmanager
def database(directory: Path, own: Cluster | None, number: int) -> Iterator[str]:
    """The address of an empty database."""
    if own is None:
        yield f"sqlite:///{directory}/eskm.db"
        return
    name = f"kill_{number}"
    with psycopg.connect(own.url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield own.url.replace("/postgres?", f"/{name}?")
    with psycopg.connect(own.url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def rounds(chain: Chain, own: Cluster | None, number: int) -> Iterator[list[str]]:
    """`number` rounds on one database, and what was found after each; last the final recount."""
    if own is None:
        yield from chain.kill_service(number)
    else:
        for place in range(number):
            yield from chain.stop_database(own, 1) if place % 2 else chain.kill_service(1)
    yield chain.finish()


def main() -> None:
    """Run the rounds and print what they found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seconds", type=float, default=1.5, help="of load before a kill, at most")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    summary, began = Summary(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="eskm-kill-") as folder, ExitStack() as stack:
        own = stack.enter_context(cluster(Path(folder))) if asked.database == "postgresql" else None
        while summary.rounds < asked.rounds:
            number = min(ROUNDS_PER_DATABASE, asked.rounds - summary.rounds)
            seed = asked.seed + summary.rounds
            directory = Path(folder) / str(seed)
            directory.mkdir()
            with database(directory, own, seed) as url:
                chain = prepared(url, directory, seed, asked.seconds)
                for found in rounds(chain, own, number):
                    summary.faults += found
            summary.rounds += number
            summary.add(chain)
            passed = time.monotonic() - began
            print(
                f"{summary.rounds}/{asked.rounds} rounds, {passed:.0f} s, {len(summary.faults)} faults",
                file=sys.stderr,
            )
    show(asked, summary)
    sys.exit(1 if summary.faults else 0)


def show(asked: argparse.Namespace, summary: Summary) -> None:
    """Print the table, and every fault."""
    lines = {
        f"rounds ({asked.database}, seed {asked.seed})": summary.rounds,
        "kills": summary.kills,
        "answers sent": summary.sent,
        "acknowledged as stored": summary.statuses["stored"],
        "acknowledged as duplicate (stored before a kill, sent again)": summary.statuses["duplicate"],
        "requests cut off": summary.broken,
        "requests refused with Retry-After": summary.busy,
        "faults": len(summary.faults),
    }
    print("| | |\n|---|---|")
    for name, number in lines.items():
        print(f"| {name} | {number} |")
    for fault in summary.faults:
        print(fault)


if __name__ == "__main__":
    main()
