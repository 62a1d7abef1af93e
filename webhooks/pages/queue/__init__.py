"""The queue: what waits, who claimed what, and how to claim it."""
