"""Strangers at every door and hostile words in every ticket, counted: `python -m tests.hostile`."""
