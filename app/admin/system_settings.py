"""Settings in force, as a page may show them: each with where it comes from, never a secret."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import SecretStr

from app.core.settings import Settings

HIDDEN = "•••"
# Greedy: an unescaped `@` or `/` in a password must not let its end through.
_PASSWORD = re.compile(r"(?<=://)([^:@/?#]*):.*@", re.DOTALL)
_PARAMETER = re.compile(r"(?<=[?&])([^=&]*(?:pass|secret|token|key)[^=&]*)=[^&]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting: its variable, its value (None: nothing), given by the environment or not, in part hidden."""

    variable: str
    value: str | None
    given: bool
    hidden: bool = False


def settings_in_force(settings: Settings) -> Iterator[Shown]:
    """All settings in their order."""
    prefix = settings.model_config.get("env_prefix", "")
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        given = name in settings.model_fields_set
        text = without_secrets(value)
        yield Shown(f"{prefix}{name}".upper(), text, given, hidden=text is not None and HIDDEN in text)


def without_secrets(value: object) -> str | None:
    """A value as text: secrets and passwords are dots, nothing is None."""
    if value is None or value == ():
        return None
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(filter(None, map(without_secrets, value)))
    return _PARAMETER.sub(rf"\1={HIDDEN}", _PASSWORD.sub(rf"\1:{HIDDEN}@", str(value)))
