"""A registry file that somebody sends: read within bounds, and carried sealed from its preview to its use."""

import json
import tempfile
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any, TypeVar
from zipfile import BadZipFile, ZipFile

from app.audit.service import Actor
from app.auth.keys import Keys
from app.core.toml_source import Fault, SourceFaults
from app.units import registry as registry_file
from app.units.registry import ElementsOf, PointEntry, Registry, ServiceEntry, UnitEntry
from app.units.registry_rows import Row

FILE_BYTES_MOST = 2 * 1024 * 1024
# A workbook is a packed file, and a small one may unpack to anything.
UNPACKED_BYTES_MOST = 16 * 1024 * 1024
_NAME = "registri"

Entry = TypeVar("Entry", UnitEntry, ServiceEntry, PointEntry)


def read(name: str, content: bytes, elements_of: ElementsOf) -> Registry:
    """The registry in an uploaded file, by the ending of its name. Raises SourceFaults as `registry.read`."""
    ending = PurePath(name).suffix.lower()
    if len(content) > FILE_BYTES_MOST or (
        ending == ".xlsx" and _unpacked_bytes(content) > UNPACKED_BYTES_MOST
    ):
        raise SourceFaults([Fault(_NAME, None, "isi berkas ini terlalu besar")])
    with tempfile.TemporaryDirectory(prefix="eskm-registry-") as folder:
        path = Path(folder) / f"{_NAME}{ending if ending in ('.toml', '.xlsx') else ''}"
        path.write_bytes(content)
        try:
            return registry_file.read(path, elements_of)
        except SourceFaults:
            raise
        except Exception as error:
            # What a damaged workbook makes its reader raise is anybody's guess.
            raise SourceFaults([Fault(_NAME, None, "bukan berkas XLSX")]) from error


def _unpacked_bytes(content: bytes) -> int:
    try:
        with ZipFile(BytesIO(content)) as archive:
            return sum(member.file_size for member in archive.infolist())
    except BadZipFile:
        return 0  # the reader of the registry says what it is not


@dataclass(frozen=True, slots=True)
class Sealed:
    """A registry on its way through a browser: what it says, of which file, planned on which registry."""

    content: str
    sha256: str
    version: int

    def context(self, actor: Actor) -> str:
        """What a seal is bound to besides its content."""
        return f"registry preview {actor.kind}:{actor.id} {self.sha256} {self.version}"


def seal(registry: Registry, sha256: str, version: int, actor: Actor, keys: Keys) -> Sealed:
    """The registry as fields of a form that only `actor` can send back, unaltered."""
    kinds: dict[str, Sequence[UnitEntry | ServiceEntry | PointEntry]] = {
        "units": registry.units,
        "services": registry.services,
        "points": registry.points,
    }
    document = {kind: [_written(entry) for entry in entries] for kind, entries in kinds.items()}
    packed = zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    sealed = Sealed("", sha256, version)
    return replace(sealed, content=urlsafe_b64encode(keys.seal(packed, sealed.context(actor))).decode())


def unseal(sealed: Sealed, actor: Actor, keys: Keys) -> Registry | None:
    """The registry that was sealed for this actor; None for anything else."""
    try:
        content = urlsafe_b64decode(sealed.content.encode("ascii"))
    except ValueError:
        return None
    packed = keys.unseal(content, sealed.context(actor))
    if packed is None:
        return None
    document = json.loads(zlib.decompress(packed))
    return Registry(
        units=tuple(_read(UnitEntry, values) for values in document["units"]),
        services=tuple(_read(ServiceEntry, values) for values in document["services"]),
        points=tuple(_read(PointEntry, values) for values in document["points"]),
    )


def _written(entry: UnitEntry | ServiceEntry | PointEntry) -> dict[str, Any]:
    values = {one.name: getattr(entry, one.name) for one in fields(entry) if one.compare}
    return {**values, "where": [entry.where.file.rpartition("/")[2], entry.where.line]}


def _read(kind: Callable[..., Entry], values: Mapping[str, Any]) -> Entry:
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    file, line = given["where"]
    return kind(**{**given, "where": Row(file, line)})
