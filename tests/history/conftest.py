"""A browser of staff, and what the record says."""

from tests.admin.conftest import desk, recorded, staff

__all__ = ["desk", "recorded", "staff"]
