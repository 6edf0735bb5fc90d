"""A frozen document as a page shows it: words and numbers of the reader's language, nothing computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.aggregation.period_picker import period_name
from app.core.messages import translate
from app.ikm.periods import parse
from app.instruments.model import in_language
from app.publication.canonical import read
from app.publication.dates import day_name
from app.publication.schemas import file_path, page_path
from app.publication.seal import seal_of
from app.publication.tables import Publication
from app.publication.wording import group_name, trait_name
from app.web.chart_canvas import Frame, both, small
from app.web.chart_words import number
from app.web.charts import Amount, Band, Bar, Scale, amounts, bars, ruler
from app.web.locale import local_time


@dataclass(frozen=True, slots=True)
class Plate:
    """A category: letter and word."""

    mutu: str
    kinerja: str


@dataclass(frozen=True, slots=True)
class ElementRow:
    """An element as the table has it; figures are None where it was not asked."""

    code: str
    name: str
    total: str
    nrr: str | None
    ikm: str | None
    plate: Plate | None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service, or several with few respondents each."""

    names: tuple[str, ...]
    respondents: str
    ikm: str | None
    plate: Plate | None


@dataclass(frozen=True, slots=True)
class Trait:
    """How the respondents are divided. `hidden` are the groups that are only counted together."""

    name: str
    picture: Markup
    rows: tuple[tuple[str, str], ...]
    hidden: tuple[str, ...]
    together: str


class View:
    """One publication for a template. Everything comes out of the signed document."""

    def __init__(self, publication: Publication, language: str, zone: str) -> None:
        self.language = language
        self.document: Mapping[str, Any] = read(publication.document)
        self.publication = publication
        self._zone = ZoneInfo(zone)
        self._scale = scale_of(self.document)

    @property
    def number(self) -> str:
        """As it stands on paper."""
        return self.publication.number

    @property
    def file(self) -> str:
        """The signed file."""
        return file_path(self.number)

    @property
    def page(self) -> str:
        """Its own page."""
        return page_path(self.document["unit"]["code"], self.number)

    @property
    def seal(self) -> str:
        """A short code made of the digest, to compare paper and page."""
        return seal_of(self.publication.sha256)

    @property
    def digest(self) -> str:
        """The digest in groups that can be read aloud."""
        text = self.publication.sha256
        return " ".join(text[place : place + 16] for place in range(0, len(text), 16))

    @property
    def unit(self) -> str:
        """The unit's name at the time."""
        return str(self.document["unit"]["name"])

    @property
    def service(self) -> str | None:
        """The service's name at the time."""
        found = self.document["service"]
        return None if found is None else str(found["name"])

    @property
    def period(self) -> str:
        """`Triwulan III 2026`."""
        return period_name(parse(self.document["period"]["code"]), self.language)

    @property
    def days(self) -> str:
        """`1 Juli 2026 – 30 September 2026`."""
        first, last = (date.fromisoformat(self.document["period"][name]) for name in ("first", "last"))
        return f"{self.day(first)} – {self.day(last)}"

    @property
    def issued(self) -> str:
        """The day on which it was published."""
        return self.day(date.fromisoformat(self.document["issued_on"]))

    @property
    def as_of(self) -> str:
        """When its figures were computed."""
        return local_time(datetime.fromisoformat(self.document["as_of"]), self._zone, self.language)

    @property
    def ikm(self) -> str:
        """The printed figure."""
        return self.figure(self.document["printed"]["ikm"])

    @property
    def plate(self) -> Plate:
        """The printed category."""
        printed = self.document["printed"]
        return Plate(printed["mutu"], in_language(printed["kinerja"], self.language))

    @property
    def interval(self) -> Mapping[str, Any] | None:
        """Bounds as printed, and whether the category is certain."""
        found = self.document["interval"]
        if found is None:
            return None
        low, high = self.figure(found["low"]), self.figure(found["high"])
        return {"low": low, "high": high, "certain": found["category_certain"]}

    def count(self, name: str) -> str:
        """One of the whole numbers of the document."""
        return number(int(self.document[name]), self.language)

    @property
    def bands(self) -> list[tuple[str, str, Plate]]:
        """The category table, highest first."""
        return [
            (
                self.figure(band["lower"]),
                self.figure(band["upper"]),
                Plate(band["mutu"], in_language(band["name"], self.language)),
            )
            for band in self.document["method"]["categories"]["bands"]
        ]

    @property
    def asked(self) -> int:
        """How many elements were asked."""
        return sum(one["nrr"] is not None for one in self.document["printed"]["elements"])

    @property
    def elements(self) -> list[ElementRow]:
        """In article order."""
        return [
            ElementRow(
                code=one["code"],
                name=in_language(one["name"], self.language),
                total=number(printed["sum"], self.language),
                nrr=self._maybe(printed["nrr"]),
                ikm=self._maybe(printed["ikm"]),
                plate=self._plate(printed["mutu"]),
            )
            for one, printed in self._paired()
        ]

    @property
    def element_names(self) -> dict[str, str]:
        """Names by key."""
        elements = self.document["instrument"]["elements"]
        return {one["key"]: in_language(one["name"], self.language) for one in elements}

    @property
    def services(self) -> list[ServiceRow]:
        """What the result is made of."""
        return [
            ServiceRow(
                names=tuple(str(member["name"]) for member in one["members"]),
                respondents=number(one["respondents"], self.language),
                ikm=self._maybe(one["ikm"]),
                plate=self._plate(one["mutu"]),
            )
            for one in self.document["services"]
        ]

    @property
    def traits(self) -> list[Trait]:
        """The profile; empty where a correction has none."""
        profile = self.document["profile"]
        return [] if profile is None else [self._trait(one) for one in profile["dimensions"]]

    @property
    def ruler(self) -> Markup:
        """The figure on the scale."""
        title = translate(
            "Nilai {ikm}, mutu {letter}", self.language, {"ikm": self.ikm, "letter": self.plate.mutu}
        )
        found = self.document["interval"]
        bar = Bar(
            "IKM",
            Decimal(self.document["printed"]["ikm"]),
            self.plate.mutu,
            Decimal(found["low"]) if found else None,
            Decimal(found["high"]) if found else None,
        )
        return both(Frame("nilai", self.language), lambda frame: ruler(frame, title, bar, self._scale))

    @property
    def bars(self) -> Markup:
        """The elements, lowest first."""
        title = translate("IKM tiap unsur, terendah lebih dulu", self.language)
        rows = sorted(
            (
                Bar(in_language(one["name"], self.language), Decimal(printed["ikm"]), printed["mutu"])
                for one, printed in self._paired()
                if printed["ikm"] is not None
            ),
            key=lambda bar: bar.value,
        )
        return both(Frame("unsur", self.language), lambda frame: bars(frame, title, rows, self._scale))

    def figure(self, printed: str) -> str:
        """A printed figure in the reader's language."""
        return number(Decimal(printed), self.language)

    def day(self, day: date) -> str:
        """`30 September 2026`."""
        return day_name(day, self.language)

    def _maybe(self, printed: str | None) -> str | None:
        return None if printed is None else self.figure(printed)

    def _plate(self, mutu: str | None) -> Plate | None:
        return next((plate for _, _, plate in self.bands if plate.mutu == mutu), None)

    def _paired(self) -> Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        printed = self.document["printed"]["elements"]
        return list(zip(self.document["instrument"]["elements"], printed, strict=True))

    def _trait(self, dimension: Mapping[str, Any]) -> Trait:
        language, key = self.language, dimension["key"]
        groups = {one["key"]: one["n"] for one in dimension["groups"]}
        together = dimension["hidden_together"]
        rows = [(group_name(group, language), amount) for group, amount in groups.items() if amount]
        if together:
            rows.append((translate("Kelompok kecil digabung", language), together))
        name = trait_name(key, language)
        drawn = [Amount(row, amount) for row, amount in rows]
        return Trait(
            name=name,
            picture=small(Frame(f"profil-{key}", language), lambda frame: amounts(frame, name, drawn)),
            rows=tuple((row, number(amount, language)) for row, amount in rows),
            hidden=tuple(group_name(one, language) for one in dimension["hidden"]) if together else (),
            together=number(together, language),
        )


def scale_of(document: Mapping[str, Any]) -> Scale:
    """The scale with the categories of a document, lowest first."""
    bands = document["method"]["categories"]["bands"]
    ascending = tuple(Band(band["mutu"], Decimal(band["lower"])) for band in reversed(bands))
    return Scale(ascending, Decimal(bands[-1]["lower"]), Decimal(bands[0]["upper"]))
