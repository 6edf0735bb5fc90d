"""Numbers of publications: `SKM/kota-contoh/2026/0007`, in addresses `SKM-kota-contoh-2026-0007`."""

import re

_SLUG = re.compile(r"SKM-([a-z0-9-]{1,63})-([0-9]{4})-([0-9]{4,9})")
_NUMBER = re.compile(r"SKM/([a-z0-9-]{1,63})/([0-9]{4})/([0-9]{4,9})")


def number_of(government: str, year: int, sequence: int) -> str:
    """The number under which a government publishes its `sequence`-th result of a year."""
    return f"SKM/{government}/{year}/{sequence:04}"


def slug(number: str) -> str:
    """The number as one part of an address."""
    return number.replace("/", "-")


def parse(text: str) -> str | None:
    """The number that somebody typed, or that stands in an address; None for anything else.

    A code may hold a hyphen and digits, but the last two parts of an address are always year and sequence.
    """
    typed = text.strip()
    found = _SLUG.fullmatch(typed) or _NUMBER.fullmatch(typed)
    return None if found is None else "/".join(("SKM", *found.groups()))
