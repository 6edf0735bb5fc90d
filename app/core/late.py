"""Libraries that are needed now and then and cost a noticeable part of the start: imported at their first use."""

from importlib import import_module
from typing import Any


class Late:
    """Stands for a module: `xlsx = Late("xlsxwriter")`, then `xlsx.Workbook(...)` imports it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
