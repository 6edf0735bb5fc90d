"""Where a chain of the record stands: its end, and what the last verification found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.admin.audit_filter import Scope
from app.admin.audit_words import words_for
from app.audit import queries
from app.audit.findings import told
from app.audit.queries import End
from app.audit.verify import Fault, Finding, Verified
from app.core.messages import translate


@dataclass(frozen=True, slots=True)
class ChainState:
    """A chain as a page shows it. `sound` is None while nobody verified it lately."""

    code: str
    name: str
    end: End | None
    sound: bool | None
    result: str
    verified: str


def verified_details(verified: Verified) -> dict[str, Any]:
    """What the record says of a verification."""
    finding = verified.finding
    return {
        "first": verified.first,
        "lines": verified.lines,
        "end": f"{verified.end.sequence}:{verified.end.hash}",
        "fault": finding.fault.value if finding else None,
        "line": finding.sequence if finding else None,
    }


def state_of(
    session: Session,
    scope: Scope,
    chain: int,
    code: str,
    name: str,
    language: str,
    found: Mapping[str, Any] | None,
) -> ChainState:
    """The state of a chain; `found` is a result that could not be recorded."""
    extent = queries.extent_of(session, chain)
    head = extent.head if extent.head and extent.head.sequence else None
    last = queries.last_deed(session, chain, "record.verified")
    named = name or translate("Pemasangan (bukan unit mana pun)", language)
    if found is not None:
        return ChainState(code, named, head, _sound(found), _result(found, language), "")
    if last is None:
        return ChainState(code, named, head, None, "", "")
    words = words_for(session, language, scope.territory, [last])
    verified = translate(
        "{time} oleh {who}",
        language,
        {"time": words.time(last.entry.at, chain), "who": words.who(last.entry)},
    )
    details = last.entry.details
    return ChainState(code, named, head, _sound(details), _result(details, language), verified)


def _sound(details: Mapping[str, Any]) -> bool:
    return details.get("fault") is None


def _result(details: Mapping[str, Any], language: str) -> str:
    fault, line = details.get("fault"), details.get("line")
    if fault in list(Fault) and isinstance(line, int):
        return told(Finding(Fault(fault), line), language)
    first, last = details.get("first", 1), str(details.get("end", "")).partition(":")[0]
    if not details.get("lines"):
        return translate("Belum ada baris.", language)
    return translate(
        "Utuh: baris {first} sampai {last} cocok satu sama lain.", language, {"first": first, "last": last}
    )
