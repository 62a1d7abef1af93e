"""Teach the local reader from labelled tickets: development only, imported by nothing that runs in production.

- `tickets` loads labelled tickets, `examples` says what there is to learn from each of them.
- `fitting` turns examples into weights, `reader` is the command that writes `escalation/reading/learned.json`.

What is learned are weights over words and shapes that stand in at least three tickets; no text of a ticket leaves its directory.
"""
