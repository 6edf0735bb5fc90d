"""The least service of the same kind, for comparison: FastAPI with two routes, nothing stored."""

from typing import Any

from fastapi import FastAPI

app = FastAPI()


@app.get("/readyz")
def _ready() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/api/v1/responses", status_code=201)
def _answer(body: dict[str, Any]) -> dict[str, str]:
    return {"id": body["id"], "status": "stored"}
