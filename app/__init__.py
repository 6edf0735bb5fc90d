"""e-SKM: from a citizen's answer to an index that anyone can recompute."""

__version__ = "0.1.0"
