"""Storms: the real product as processes, with faults on every side, and an audit against the simulated PSA's truth."""
