"""The mark by which every route says who may use it. Deny by default is tested by walking all routes."""

from collections.abc import Callable
from typing import TypeVar

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
MARK = "eskm_guard"


def public(endpoint: Endpoint) -> Endpoint:
    """Marks a route that everybody may use. A mark costs nothing per request."""
    setattr(endpoint, MARK, "public")
    return endpoint
