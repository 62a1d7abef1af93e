"""Teach what the product learns from examples: development only, imported by nothing that runs in production.

- `reader` writes `escalation/reading/learned.json` from labelled tickets: `tickets` loads them, `examples` says what there is to
  learn from each, `fitting` turns examples into weights, `folds` measures. `classes` puts words into classes by texts without
  labels, `forums` holds the threads that a large model labelled.
- `secrets` writes `escalation/redaction/learned.txt` from generated kinds of secrets and look-alikes.

What is learned from tickets are weights over words and shapes that stand in at least three of them; no text of a ticket
leaves its directory.
"""
