"""Which elements a follow-up may be about: those of the questionnaires, by key and in the reader's language."""

from collections.abc import Iterable

from app.instruments.catalog import Catalog, UnknownInstrument
from app.instruments.model import Instrument, in_language
from app.units.tables import Service

USUAL = "skm-2017"


def element_keys(catalog: Catalog) -> set[str]:
    """The keys of all elements that any questionnaire knows, older versions included."""
    return {element.key for one in catalog.instruments.values() for element in one.elements}


def element_names(catalog: Catalog, language: str) -> dict[str, str]:
    """What every known element is called."""
    instruments = sorted(catalog.instruments.values(), key=lambda one: (one.id == USUAL, one.version))
    return {
        element.key: in_language(element.name, language) for one in instruments for element in one.elements
    }


def asked_elements(catalog: Catalog, services: Iterable[Service], language: str) -> list[tuple[str, str]]:
    """Key and name of the elements that these services ask, in article order; the usual ones without services."""
    found: dict[str, str] = {}
    for one in [*services, None]:
        if one is None and found:
            break
        instrument = _newest(catalog, USUAL if one is None else one.instrument)
        if instrument is not None:
            found |= {each.key: in_language(each.name, language) for each in instrument.elements}
    return list(found.items())


def _newest(catalog: Catalog, instrument_id: str) -> Instrument | None:
    try:
        return catalog.newest(instrument_id)
    except UnknownInstrument:
        return None
