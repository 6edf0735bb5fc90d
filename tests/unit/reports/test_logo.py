"""The government's logo: what can be drawn is used, what cannot is told and keeps no poster from being made."""

from pathlib import Path

import pytest
import structlog

from app.reports.logo import BYTES_MOST, logo

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 9'><path d='M0 0h8v9z'/></svg>"


def test_without_a_file_there_is_no_logo() -> None:
    assert logo(None) is None


def test_the_kind_is_told_by_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "Lambang Kota.SVG"
    path.write_bytes(SVG)
    found = logo(path)
    assert found is not None
    assert (found.name, found.content) == ("logo.svg", SVG)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", SVG),
        ("logo.svg", b"not a picture"),
        ("logo.svg", b"\xff\xfe\x00"),
        ("logo.png", b"\x89PNG\r\n\x1a\n"),
        ("logo.svg", b""),
        ("logo.gif", b"GIF89a"),
        ("logo.svg", SVG + b" " * BYTES_MOST),
        ("logo.svg", None),
    ],
)
def test_what_cannot_be_drawn_is_told(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with structlog.testing.capture_logs() as logs:
        assert logo(path) is None
    assert [(one["log_level"], one["file"]) for one in logs] == [("error", str(path))]
