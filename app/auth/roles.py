"""Roles, each granted on a unit and valid for all below it."""

from enum import StrEnum


class Role(StrEnum):
    """What a person or program does; the values are stored and accepted by the command line."""

    ADMIN = "admin"
    UNIT_HEAD = "unit_head"
    OPERATOR = "operator"
    EVALUATOR = "evaluator"
    VIEWER = "viewer"


ROLES = tuple(role.value for role in Role)
READS_RESULTS = frozenset(Role) - {Role.OPERATOR}
EXPORTS_RAW = frozenset({Role.ADMIN, Role.UNIT_HEAD, Role.EVALUATOR})

_SPOKEN = {
    "administrator": Role.ADMIN,
    "head": Role.UNIT_HEAD,
    "unit-head": Role.UNIT_HEAD,
}


def parse_role(text: str) -> Role:
    """A role from what a person types. Raises `ValueError` that lists the roles."""
    spoken = text.strip().lower().replace(" ", "_")
    try:
        return _SPOKEN.get(spoken) or Role(spoken)
    except ValueError:
        raise ValueError(f"peran tidak dikenal; pilih salah satu: {', '.join(ROLES)}") from None
