"""The arithmetic of the SKM index: exact, pure, without database, clock or settings.

Method: PermenPANRB 14/2017; see docs/method.md.
"""
