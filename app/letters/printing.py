"""The letter as a PDF of one page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.reports import typesetting


def pdf(content: Mapping[str, Any], at: datetime) -> bytes:
    """The page. Raises `PressBusy` when others have the press for long."""
    return typesetting.pdf("surat", content, at)
