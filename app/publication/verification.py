"""Whether a file is what was published here: as it was signed, altered, of somebody else, or replaced."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from app.publication import queries
from app.publication.recount import differences
from app.publication.signing import Altered, NotAPublication, check, parse
from app.publication.tables import Publication


class Verdict(StrEnum):
    """What can be said of a file or a number."""

    VALID = "valid"
    REPLACED = "replaced"
    """Valid, and corrected since."""
    ALTERED = "altered"
    FOREIGN = "foreign"
    """Signed and whole, but with a key that no government here ever had."""
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    """No publication has this number."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The verdict; `publication` is the one that is stored here, `replaced_by` the number of its correction."""

    verdict: Verdict
    publication: Publication | None = None
    replaced_by: str | None = None


def of_number(session: Session, text: str) -> Verified:
    """What is stored under a number, checked again."""
    publication = queries.by_number(session, text)
    if publication is None:
        return Verified(Verdict.UNKNOWN)
    signed = queries.signed(session, publication)
    try:
        check(signed)
    except Altered:
        return Verified(Verdict.ALTERED, publication)
    return _standing(session, publication)


def of_file(session: Session, content: bytes) -> Verified:
    """What somebody sent. A file that is signed with our key but not stored here would be a loss: it is foreign."""
    try:
        signed = parse(content)
    except NotAPublication:
        return Verified(Verdict.UNREADABLE)
    publication = queries.by_number(session, str(signed.document.get("number", "")))
    try:
        check(signed)
    except Altered:
        return Verified(Verdict.ALTERED, publication)
    if differences(signed.document):
        return Verified(Verdict.ALTERED, publication)
    key = queries.key_by_id(session, signed.key_id)
    if key is None or key.public_key != signed.public_key:
        return Verified(Verdict.FOREIGN)
    if publication is None or publication.sha256 != signed.sha256:
        return Verified(Verdict.FOREIGN)
    return _standing(session, publication)


def _standing(session: Session, publication: Publication) -> Verified:
    newer = queries.replacement_of(session, publication.number)
    return Verified(Verdict.REPLACED if newer else Verdict.VALID, publication, newer)
