"""Who is surveyed: units in a tree, their services, and the points at which citizens answer."""
