"""How a deed is put into words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """A kind of deed in words. `{names}` in the sentence are details of the entry, or `unit`, `name`, `thing`."""

    name: str
    sentence: str
