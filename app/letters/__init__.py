"""The monthly letter to a unit head: one page in plain Indonesian."""
