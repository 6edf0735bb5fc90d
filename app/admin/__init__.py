"""Screens for the system itself: units, users, tokens, sessions, settings, health."""
