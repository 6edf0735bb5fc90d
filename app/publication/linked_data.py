"""Publications for other programs: schema.org's Dataset of one, a DCAT catalogue of all. Made of lists' columns."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from app.publication.document import moment
from app.publication.queries import Listed
from app.publication.schemas import file_path, page_path
from app.publication.tables import Publication
from app.units.tables import Unit

PUBLIC_DATA = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
JSON_TYPE = "https://www.iana.org/assignments/media-types/application/json"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def dataset(one: Listed, government: Unit, public_url: str) -> dict[str, Any]:
    """A publication as schema.org/Dataset."""
    row = one.publication
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": public_url + page_path(one.unit.code, row.number),
        "identifier": row.number,
        "name": _title(one),
        "description": _description(one),
        "inLanguage": "id",
        "isAccessibleForFree": True,
        "datePublished": row.issued_on.isoformat(),
        "temporalCoverage": f"{row.period_start.isoformat()}/{_last(row)}",
        "creator": {"@type": "GovernmentOrganization", "name": one.unit.name},
        "publisher": {"@type": "GovernmentOrganization", "name": government.name},
        "url": public_url + page_path(one.unit.code, row.number),
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": "Indeks Kepuasan Masyarakat",
                "value": row.ikm,
                "minValue": 25,
                "maxValue": 100,
            },
            {"@type": "PropertyValue", "name": "Mutu pelayanan", "value": row.mutu},
            {"@type": "PropertyValue", "name": "Responden", "value": row.respondents},
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": public_url + file_path(row.number),
                "sha256": row.sha256,
            }
        ],
    }


def catalogue(listed: Iterable[Listed], public_url: str) -> dict[str, Any]:
    """All publications that count, as a dcat:Catalog (DCAT-AP)."""
    rows = list(listed)
    newest = max((one.publication.issued_at for one in rows), default=None)
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": f"{public_url}/ikm/katalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": {"@value": "Hasil Survei Kepuasan Masyarakat", "@language": "id"},
        "dct:description": {
            "@value": "Indeks Kepuasan Masyarakat unit pelayanan publik, bertanda tangan, dapat dihitung ulang.",
            "@language": "id",
        },
        "dct:publisher": {"@id": f"{public_url}/", "@type": "foaf:Agent", "foaf:name": "e-SKM"},
        "foaf:homepage": {"@id": f"{public_url}/"},
        "dcat:dataset": [_dataset(one, public_url) for one in rows],
    }
    if newest is not None:
        found["dct:modified"] = {"@value": moment(newest), "@type": "xsd:dateTime"}
    return found


def _dataset(one: Listed, public_url: str) -> dict[str, Any]:
    row = one.publication
    page = public_url + page_path(one.unit.code, row.number)
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": row.number,
        "dct:title": {"@value": _title(one), "@language": "id"},
        "dct:description": {"@value": _description(one), "@language": "id"},
        "dct:issued": {"@value": moment(row.issued_at), "@type": "xsd:dateTime"},
        "dct:publisher": {
            "@id": f"{public_url}/ikm/{one.unit.code}",
            "@type": "foaf:Agent",
            "foaf:name": one.unit.name,
        },
        "dct:accessRights": {"@id": PUBLIC_DATA},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": row.period_start.isoformat(), "@type": "xsd:date"},
            "dcat:endDate": {"@value": _last(row), "@type": "xsd:date"},
        },
        "dcat:keyword": ["SKM", "IKM", "pelayanan publik"],
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": page},
                "dcat:downloadURL": {"@id": public_url + file_path(row.number)},
                "dcat:mediaType": {"@id": JSON_TYPE},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"},
                    "spdx:checksumValue": {"@value": row.sha256, "@type": "xsd:hexBinary"},
                },
            }
        ],
    }


def _title(one: Listed) -> str:
    place = f"{one.unit.name}, {one.service.name}" if one.service else one.unit.name
    return f"Indeks Kepuasan Masyarakat {place}, {one.publication.period}"


def _description(one: Listed) -> str:
    row = one.publication
    return (
        f"IKM {row.ikm}, mutu {row.mutu}, dari {row.respondents} responden, menurut PermenPANRB 14/2017. "
        "Berkas berisi jumlah jawaban tiap pilihan, metode, dan tanda tangan."
    )


def _last(row: Publication) -> str:
    return (row.period_end - timedelta(days=1)).isoformat()
