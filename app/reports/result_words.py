"""What a poster or a certificate of a published result says: words and figures of the frozen document, as texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.publication.dates import day_name
from app.publication.profile import UNSTATED
from app.publication.schemas import page_path
from app.publication.tables import Publication
from app.publication.view import View, scale_of
from app.publication.wording import group_name
from app.reports.posters import breakable
from app.web import qr
from app.web.chart_words import number

LANGUAGE = "id"
DIGEST_SHOWN = 16
# The form has a place for both, so that nobody takes a missing one for forgotten.
_ALWAYS_SHOWN = frozenset({"L", "P"})
_SEXES = {"L": "laki-laki (L)", "P": "perempuan (P)"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A publication to be printed; `unit` and `service` are codes, `replaced_by` the number of its correction."""

    publication: Publication
    unit: str
    service: str | None
    replaced_by: str | None


def words_of(printed: Printed, public_url: str, timezone: str) -> Mapping[str, Any]:
    """What posters and certificates have in common, for a layout. `address` is for the eye, without `https://`."""
    view = View(printed.publication, LANGUAGE, timezone)
    document = view.document
    first, last = (date.fromisoformat(document["period"][name]) for name in ("first", "last"))
    asked = f"?service={printed.service}" if printed.service else ""
    return {
        "government": breakable(str(document["government"]["name"])),
        "unit": breakable(view.unit),
        "service": breakable(view.service),
        "subject": ", ".join(name for name in (view.unit, view.service) if name),
        "period": view.period,
        "days": f"{day_name(first, LANGUAGE)} sampai {day_name(last, LANGUAGE)}",
        "ikm": view.ikm,
        "mutu": view.plate.mutu,
        "kinerja": view.plate.kinerja,
        "scale": _scale(view),
        "respondents": f"{view.count('respondents')} orang",
        "number": view.number,
        "issued": view.issued,
        "seal": view.seal,
        "digest": printed.publication.sha256[:DIGEST_SHOWN],
        "address": f"{public_url}/ikm/{printed.unit}{asked}".partition("://")[2],
        "replaced_by": printed.replaced_by,
    }


def page_code(printed: Printed, public_url: str) -> Mapping[str, Any]:
    """The QR code to the page of this very publication, which tells whether it still counts."""
    return _code(f"{public_url}{page_path(printed.unit, printed.publication.number)}")


def verification_code(printed: Printed, public_url: str) -> Mapping[str, Any]:
    """The QR code to the page that verifies the number."""
    return _code(f"{public_url}/verifikasi?nomor={printed.publication.number}")


def services_named(document: Mapping[str, Any]) -> list[str]:
    """How the services that a result counts may be named, the fullest way first; a layout takes what fits."""
    if document["service"] is not None:
        return [breakable(str(document["service"]["name"])) or ""]
    names = [str(member["name"]) for one in document["services"] for member in one["members"]]
    if len(names) < 2:
        return [breakable(name) or "" for name in names]
    units = len(document["units"])
    counted = f"{number(len(names), LANGUAGE)} layanan" + (
        f" di {number(units, LANGUAGE)} unit" if units > 1 else ""
    )
    return [f"Semua layanan: {breakable('; '.join(names))}", f"Semua layanan ({counted})"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Rows about the respondents, and a note where groups are only counted together."""

    rows: Sequence[tuple[str, str]]
    note: str | None


def profile_of(document: Mapping[str, Any]) -> Profile:
    """Sex and education of the respondents as they were published. Small groups stay together, as frozen."""
    profile = document["profile"]
    if profile is None:
        before = document["replaces"]["number"]
        return Profile([("Profil responden", f"Tercantum pada terbitan nomor {before}")], None)
    by_key = {one["key"]: one for one in profile["dimensions"]}
    rows = [
        ("Jenis kelamin", _groups(by_key["sex"], _SEXES)),
        ("Pendidikan", _groups(by_key["education"], {})),
    ]
    if not any(by_key[key]["hidden_together"] for key in ("sex", "education")):
        return Profile(rows, None)
    smallest = number(profile["smallest"], LANGUAGE)
    return Profile(
        rows, f"* Digabung agar kelompok kecil (di bawah {smallest} orang) tidak menunjuk seseorang."
    )


def _groups(dimension: Mapping[str, Any], own: Mapping[str, str]) -> str:
    def name(group: str) -> str:
        return own.get(group) or ("tidak diisi" if group == UNSTATED else group_name(group, LANGUAGE))

    amounts = {one["key"]: one["n"] for one in dimension["groups"]}
    said = [
        f"{name(group)} {number(amount, LANGUAGE)}"
        for group, amount in amounts.items()
        if amount or (amount is not None and group in _ALWAYS_SHOWN)
    ]
    if dimension["hidden_together"]:
        together = ", ".join(
            group if group in own else name(group) for group, amount in amounts.items() if amount is None
        )
        said.append(f"gabungan* {number(dimension['hidden_together'], LANGUAGE)} ({together})")
    text = ", ".join(said)
    return text[:1].upper() + text[1:]


def _scale(view: View) -> Mapping[str, Any]:
    scale = scale_of(view.document)
    return {
        "low": str(scale.low),
        "high": str(scale.high),
        "value": str(view.document["printed"]["ikm"]),
        "bands": [{"key": band.letter, "low": str(band.lower)} for band in scale.bands],
    }


def _code(address: str) -> Mapping[str, Any]:
    outline = qr.outline(address)
    return {"short": address.partition("://")[2], "modules": outline.modules, "path": outline.path}
