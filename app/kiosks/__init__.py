"""Unattended devices: their tokens, their batches, their health."""
