"""The queue: what waits, who took what, and how to take it."""
