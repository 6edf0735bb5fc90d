"""`GET /api/v1/points/{code}`."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient


def test_a_point_of_one_service(client: TestClient) -> None:
    response = client.get("/api/v1/points/ptsp-nib-qr")
    assert response.status_code == 200
    point = response.json()
    assert point.keys() == {"code", "label", "channel", "proof_of_work", "unit", "services", "instruments"}
    assert (point["code"], point["channel"]) == ("ptsp-nib-qr", "qr")
    assert point["unit"] == {"code": "ptsp", "name": "Pelayanan Terpadu"}
    (service,) = point["services"]
    assert (service["code"], service["name"]) == ("nib", "Penerbitan NIB")
    assert service["instrument"] == "skm-2017@1"
    # Facilities eighth and complaints ninth: the order of the questionnaire.
    assert service["questions"] == [
        "persyaratan",
        "prosedur",
        "waktu",
        "biaya",
        "produk",
        "kompetensi",
        "perilaku",
        "sarana",
        "pengaduan",
    ]


def test_the_questionnaire_comes_with_all_its_texts(client: TestClient) -> None:
    instrument = client.get("/api/v1/points/ptsp-nib-qr").json()["instruments"]["skm-2017@1"]
    assert instrument["scale"] == [1, 4]
    codes = {element["key"]: element["code"] for element in instrument["elements"]}
    assert (codes["pengaduan"], codes["sarana"]) == ("U8", "U9")
    biaya = next(one for one in instrument["elements"] if one["key"] == "biaya")
    (question,) = biaya["questions"]
    assert question["options"]["id"] == ["Sangat mahal", "Cukup mahal", "Murah", "Gratis"]
    assert len(question["options"]["en"]) == 4
    assert question["text"].keys() == {"id", "en"}


def test_a_point_where_the_citizen_chooses(client: TestClient) -> None:
    services = client.get("/api/v1/points/ptsp-kios").json()["services"]
    assert [service["code"] for service in services] == ["nib", "daring"]
    assert "kompetensi" not in services[1]["questions"]
    assert len(services[1]["questions"]) == 7


@pytest.mark.parametrize(
    ("code", "status", "problem"),
    [
        ("tidak-ada", 404, "point_unknown"),
        ("ptsp-tutup", 410, "point_closed"),
        ("a%00b", 404, "point_unknown"),
        ("%2e%2e", 404, "point_unknown"),
    ],
)
def test_points_that_cannot_be_answered(client: TestClient, code: str, status: int, problem: str) -> None:
    response = client.get(f"/api/v1/points/{code}")
    assert (response.status_code, response.json()["code"]) == (status, problem)
    assert response.headers["content-type"] == "application/problem+json"


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_answers_to_the_questions_of_a_point_are_accepted(
    client: TestClient, body: Callable[..., dict[str, object]]
) -> None:
    for service in client.get("/api/v1/points/ptsp-kios").json()["services"]:
        sent = body(point="ptsp-kios", service=service["code"], scores=dict.fromkeys(service["questions"], 4))
        assert client.post("/api/v1/responses", json=sent).status_code == 201
