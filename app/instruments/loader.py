"""Reads a surveys directory: `<id>/<version>.toml` and `categories/<id>.toml`, strictly and completely.

All faults are collected, with file and line, so that one run shows everything that has to be repaired.
"""

import re
from pathlib import Path

from app.core import toml_source
from app.core.toml_source import Fault, SourceFaults
from app.instruments.catalog import Catalog
from app.instruments.category_file import categories_of
from app.instruments.instrument_file import instrument_of
from app.instruments.model import Categories, Instrument

CATEGORIES_DIRECTORY = "categories"
# Directories that hold surveys of their own, or other data: never instruments of this directory.
OTHER_DIRECTORIES = frozenset({CATEGORIES_DIRECTORY, "conformance", "pekppp", "rules", "tests"})

_VERSION_FILE = re.compile(r"([1-9][0-9]{0,3})\.toml")


def load(directory: Path) -> Catalog:
    """The catalogue of a surveys directory. Raises SourceFaults with every fault that any file has."""
    catalog, faults = _read(directory)
    if faults:
        raise SourceFaults(faults)
    return catalog


def check(directory: Path) -> list[Fault]:
    """All faults of a surveys directory, by file and line; empty when `load` would succeed."""
    return SourceFaults(_read(directory)[1]).faults


def path_of(directory: Path, instrument: Instrument) -> Path:
    """Where the file of an instrument lies in a surveys directory."""
    return directory / instrument.id / f"{instrument.version}.toml"


def _read(directory: Path) -> tuple[Catalog, list[Fault]]:
    if not directory.is_dir():
        return Catalog({}, {}), [Fault(str(directory), None, "direktori survei tidak ada")]
    categories, broken, faults = _read_categories(directory / CATEGORIES_DIRECTORY)
    instruments, instrument_faults = _read_instruments(directory, categories, broken)
    return Catalog(instruments, categories), faults + instrument_faults


def _read_categories(directory: Path) -> tuple[dict[str, Categories], frozenset[str], list[Fault]]:
    """The sound tables by id, the ids of the broken ones, and the faults of those."""
    found: dict[str, Categories] = {}
    broken: set[str] = set()
    faults: list[Fault] = []
    for path in sorted(directory.glob("*.toml")):
        try:
            categories, file_faults = categories_of(toml_source.read(path), path.stem)
        except SourceFaults as error:
            categories, file_faults = None, error.faults
        if categories is None:
            broken.add(path.stem)
        else:
            found[path.stem] = categories
        faults += file_faults
    return found, frozenset(broken), faults


def _read_instruments(
    directory: Path, categories: dict[str, Categories], broken: frozenset[str]
) -> tuple[dict[str, Instrument], list[Fault]]:
    found: dict[str, Instrument] = {}
    paths, faults = _instrument_paths(directory)
    for path, version in paths:
        try:
            document = toml_source.read(path)
        except SourceFaults as error:
            faults += error.faults
            continue
        instrument, file_faults = instrument_of(document, path.parent.name, version, categories, broken)
        faults += file_faults
        if instrument is not None:
            found[instrument.ref] = instrument
    return found, faults


def _instrument_paths(directory: Path) -> tuple[list[tuple[Path, int]], list[Fault]]:
    """Every version file with its number, by id and version; misplaced TOML files as faults."""
    faults = [
        Fault(str(path), None, "berkas instrumen harus berada di <id>/<versi>.toml")
        for path in directory.glob("*.toml")
    ]
    paths: list[tuple[Path, int]] = []
    for path in directory.glob("*/*.toml"):
        if path.parent.name in OTHER_DIRECTORIES or path.parent.name.startswith("."):
            continue
        if name := _VERSION_FILE.fullmatch(path.name):
            paths.append((path, int(name[1])))
        else:
            faults.append(Fault(str(path), None, "nama berkas harus nomor versi; contoh: 1.toml"))
    if not paths:
        faults.append(Fault(str(directory), None, "tidak ada berkas instrumen"))
    return sorted(paths, key=lambda item: (item[0].parent.name, item[1])), faults
