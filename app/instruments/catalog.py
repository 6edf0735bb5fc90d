"""All questionnaires and category tables of an installation, found by id or by id and version."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.instruments.model import Categories, Instrument


class UnknownInstrument(LookupError):
    """No instrument has this id or this version."""

    def __init__(self, ref_or_id: str) -> None:
        self.ref_or_id = ref_or_id
        super().__init__(f"instrumen {ref_or_id!r} tidak ada")


@dataclass(frozen=True, slots=True)
class Catalog:
    """Instruments by ref (`skm-2017@1`) and category tables by id (`2017`), as one load found them."""

    instruments: Mapping[str, Instrument] = field(hash=False)
    categories: Mapping[str, Categories] = field(hash=False)

    def get(self, ref_or_id: str) -> Instrument:
        """The instrument of a ref exactly, of an id in its newest version; UnknownInstrument without one."""
        if "@" not in ref_or_id:
            return self.newest(ref_or_id)
        try:
            return self.instruments[ref_or_id]
        except KeyError:
            raise UnknownInstrument(ref_or_id) from None

    def newest(self, instrument_id: str) -> Instrument:
        """The highest version of an instrument; UnknownInstrument when no version exists."""
        versions = [one for one in self.instruments.values() if one.id == instrument_id]
        if not versions:
            raise UnknownInstrument(instrument_id)
        return max(versions, key=lambda one: one.version)

    def table_of(self, instrument: Instrument) -> Categories:
        """The category table that the instrument names; KeyError when it is not in this catalogue."""
        return self.categories[instrument.categories]
