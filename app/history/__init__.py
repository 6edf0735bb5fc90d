"""Results and plans of earlier years, imported and marked as such, never mixed with computed ones."""
