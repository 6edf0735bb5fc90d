"""Where a request comes from, as far as anybody needs to know: a keyed hash of the address's prefix."""

from starlette.requests import Request

from app.auth.keys import Keys
from app.core.addresses import prefix_of


def network_of(request: Request) -> str:
    """The keyed hash of the caller's network, by which two requests can be compared, and nobody found."""
    keys: Keys = request.app.state.keys
    return keys.digest("network", prefix_of(request.client.host if request.client else ""))
