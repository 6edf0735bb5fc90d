"""A questionnaire that asks how important elements are: answered like all else, part of no figure but its own."""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.core.places import SURVEYS
from app.core.settings import Settings
from app.factory import create_app
from app.publication.recount import differences
from app.responses.catalog import registered_catalog
from app.responses.verify import verify_unit
from app.units.queries import unit_by_code
from tests.conftest import ELEMENTS, NOW

SEPTEMBER = "2026-09-15T10:00:00+08:00"
WEIGHED = ("prosedur", "waktu", "biaya")
# By respondent. Sums: procedure 10, time 8, cost 15; their importance 9, 15, 15; all else 3 each.
SCORES = ((2, 1, 4), (2, 2, 4), (3, 2, 4), (3, 3, 3))
WEIGHTS = ((2, 4, 3), (2, 4, 4), (3, 3, 4), (2, 4, 4))
TABLE = """
  [elements.importance]
  key = "penting_{key}"
  text = {{ id = "Seberapa penting {key} bagi Anda?", en = "How important is {key} to you?" }}
  options.id = ["Tidak penting", "Kurang penting", "Penting", "Sangat penting"]
  options.en = ["Not important", "Not very important", "Important", "Very important"]
"""


def with_importance(text: str) -> str:
    """The text of a second version that asks for the importance of WEIGHED, each right after its element."""
    head, *elements = text.replace("version = 1", "version = 2", 1).split("[[elements]]")
    for key in WEIGHED:
        head = head.replace(f'"{key}"', f'"{key}", "penting_{key}"')
        place = next(place for place, one in enumerate(elements) if f'\nkey = "{key}"' in one)
        elements[place] = elements[place].rstrip() + "\n" + TABLE.format(key=key) + "\n"
    return "[[elements]]".join([head, *elements])


def answers(weights: Sequence[Sequence[int]] = ()) -> Iterator[dict[str, Any]]:
    """SCORES as answers, with `weights` as importance where there are any."""
    for place, scores in enumerate(SCORES):
        given = dict.fromkeys(ELEMENTS, 3) | dict(zip(WEIGHED, scores, strict=True))
        if weights:
            given |= {f"penting_{key}": one for key, one in zip(WEIGHED, weights[place], strict=True)}
        yield {"id": str(uuid4()), "point": "ptsp-nib-qr", "scores": given, "answered_at": SEPTEMBER}


@pytest.fixture
def surveys(tmp_path: Path) -> Path:
    """The shipped questionnaires, to be added to."""
    return Path(shutil.copytree(SURVEYS, tmp_path / "surveys"))


@pytest.fixture
def weighed(city: Database, settings: Settings, surveys: Path) -> Iterator[TestClient]:
    """A service that took SCORES with version 1, and the same with WEIGHTS with version 2."""

    def started() -> FastAPI:
        return create_app(settings.model_copy(update={"surveys_dir": surveys}), clock=lambda: NOW)

    with TestClient(started()) as client:
        for body in answers():
            assert client.post("/api/v1/responses", json=body).status_code == 201
    first = (surveys / "skm-2017" / "1.toml").read_text(encoding="utf-8")
    (surveys / "skm-2017" / "2.toml").write_text(with_importance(first), encoding="utf-8")
    with TestClient(started()) as client:
        for body in answers(WEIGHTS):
            assert client.post("/api/v1/responses", json=body).status_code == 201
        yield client


def test_importance_is_asked_stored_and_counted_by_itself(
    weighed: TestClient, city: Database, surveys: Path, token: Callable[..., dict[str, str]]
) -> None:
    form = weighed.get("/s/ptsp-nib-qr").text
    asked = list(dict.fromkeys(re.findall(r'<input type="radio" name="(\w+)" value="[1-4]"', form)))
    expected = [one for key in ELEMENTS for one in (key, f"penting_{key}") if key == one or key in WEIGHED]
    assert asked == expected
    [service] = weighed.get("/api/v1/points/ptsp-nib-qr").json()["services"]
    assert service["questions"] == expected
    # Required like any other; every value is of the same scale.
    body = next(answers(WEIGHTS))
    del body["scores"]["penting_waktu"]
    body["scores"]["penting_biaya"] = 5
    refused = weighed.post("/api/v1/responses", json=body)
    faults = {(one["pointer"], one["code"]) for one in refused.json()["errors"]}
    assert faults == {
        ("/scores/penting_waktu", "question_missing"),
        ("/scores/penting_biaya", "score_invalid"),
    }
    # Figures of both versions are the same to the last digit.
    headers = token("kota")
    for period in ("2026-Q3", "2026-09-02..2026-09-29"):
        one, two = weighed.get(f"/api/v1/units/ptsp/ikm?period={period}", headers=headers).json()["results"]
        assert (one.pop("instrument"), two.pop("instrument")) == ("skm-2017@1", "skm-2017@2")
        assert one == two
        # (10 + 8 + 15 + 6 x 12) / 4 / 9 x 25
        assert one["exact"] == {"numerator": 875, "denominator": 12}
    catalog = registered_catalog(city, surveys)
    with city.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        assert unit.id is not None
    found = verify_unit(city, catalog, unit.id)
    assert (found.responses, found.differences) == (8, [])


def test_importance_in_exports(weighed: TestClient, token: Callable[..., dict[str, str]]) -> None:
    headers, path = token("ptsp", Role.ADMIN), "/api/v1/units/ptsp/exports/"
    text = weighed.get(f"{path}responses.csv?period=2026-Q3", headers=headers).text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    names = list(rows[0])
    assert names[20:24] == ["penting_prosedur", "penting_waktu", "penting_biaya", "sex"]
    assert set(names[11:20]) == set(ELEMENTS)
    given = sorted(tuple(row[f"penting_{key}"] for key in WEIGHED) for row in rows)
    assert given == sorted([("", "", "")] * 4 + [tuple(map(str, one)) for one in WEIGHTS])
    book = weighed.get(f"{path}codebook.csv?period=2026-Q3&lang=id", headers=headers).text
    assert "penting_waktu,U3. Seberapa penting waktu bagi Anda?,nilai,4,Sangat penting" in book
    for form in ("responses.xlsx", "responses.parquet", "responses.sav", "processing.xlsx"):
        assert weighed.get(f"{path}{form}?period=2026-Q3", headers=headers).status_code == 200


def test_a_publication_states_the_counts_of_elements_alone(
    weighed: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    path, wanted = "/api/v1/units/ptsp/publications", {"period": "2026-Q3", "instrument": "skm-2017@2"}
    issued = weighed.post(path, json=wanted, headers=token("ptsp", Role.UNIT_HEAD))
    assert issued.status_code == 201, issued.text
    document = weighed.get(issued.headers["Location"]).json()["document"]
    assert document["counts"].keys() == set(ELEMENTS)
    assert "penting" not in str(document)
    assert differences(document) == []


def test_the_picture_shows_what_citizens_said(
    weighed: TestClient,
    token: Callable[..., dict[str, str]],
    person: Callable[..., Any],
    signed_in: Callable[..., dict[str, str]],
) -> None:
    path = "/api/v1/units/ptsp/ikm/priorities?period="
    for period in ("2026-Q3", "2026-09-02..2026-09-29"):
        derived, asked = weighed.get(f"{path}{period}", headers=token("kota")).json()["results"]
        assert (derived["importance_source"], asked["importance_source"]) == ("derived", "asked")
        assert (asked["respondents"], asked["every"]) == (4, 1)
        by_key = {one["key"]: one for one in asked["elements"]}
        shown = {key: [by_key[key][name] for name in ("ikm", "importance", "quadrant")] for key in WEIGHED}
        # Means of the three: 68.75 and 3.25. Both stand for high only from there on.
        assert shown == {
            "prosedur": [62.5, 2.25, "low"],
            "waktu": [50.0, 3.75, "concentrate"],
            "biaya": [93.75, 3.75, "keep"],
        }
        assert [by_key[key]["importance_rank"] for key in WEIGHED] == [3, 1, 1]
        assert by_key["waktu"]["signals"] == ["lowest", "important"]
        others = [one for key, one in by_key.items() if key not in WEIGHED]
        assert {(one["importance"], one["quadrant"]) for one in others} == {(None, None)}
    evaluator = signed_in(person("evi", ("kota", Role.EVALUATOR)))
    html = weighed.get("/petugas/unit/ptsp?period=2026-Q3", headers=evaluator).text
    section = html.partition('aria-labelledby="perbaikan-2"')[2].partition("</section>")[0]
    words = " ".join(re.sub("<[^>]+>", " ", section).split())
    assert "Termasuk tiga nilai terendah. Penting menurut warga." in words
    assert (
        "Kepentingan ditanyakan kepada warga: rata-rata jawaban mereka, dari 1 (tidak penting) sampai 4"
        in words
    )
    assert "↑ Kepentingan menurut warga" in words
    assert "U3 Waktu Penyelesaian: 50,00 D, 3,750, Rendah, penting" in words
    absent = re.search(r"tidak ditanyakan atau belum dijawab: ([^.]+)\.", words)
    assert absent is not None
    assert len(absent[1].split(", ")) >= len(ELEMENTS) - len(WEIGHED)
    assert "Waktu Penyelesaian" not in absent[1]
    assert "kaitan" not in words.lower()
