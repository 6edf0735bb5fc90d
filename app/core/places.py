"""Where the data files of the project lie, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def _root() -> Path:
    checkout = PACKAGE.parent
    return checkout if (checkout / "migrations" / "env.py").is_file() else PACKAGE / "bundled"


ROOT = _root()
SURVEYS = ROOT / "surveys"
MIGRATIONS = ROOT / "migrations"
