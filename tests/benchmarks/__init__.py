"""Measures, not tests: how fast pages open, dials draw, answers save, hand-ins come back, notebooks validate."""
