"""A failure of ours is logged by kind and place; the text of the error, which may quote a row, is not."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.guards import public

SECRET = "RAHASIA: isi sebuah jawaban"


def test_the_text_of_an_error_stays_out_of_the_log(app: FastAPI, capsys: pytest.CaptureFixture[str]) -> None:
    @app.get("/api/v1/broken")
    @public
    def broken() -> None:
        raise RuntimeError(SECRET)

    with TestClient(app) as client:  # raises what a server would be given to log
        response = client.get("/api/v1/broken")
    assert response.status_code == 500
    assert response.json()["code"] == "internal"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert SECRET not in response.text
    written = capsys.readouterr()
    assert SECRET not in written.err + written.out
