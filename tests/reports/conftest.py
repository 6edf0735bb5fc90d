"""Published results, by the service itself, as the tests of publication have them."""

from tests.publication.conftest import answered, issued

__all__ = ["answered", "issued"]
