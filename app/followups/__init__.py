"""Follow-ups (tindak lanjut): from a weak element to recommendation, action, evidence and effect."""
