"""Work on a ticket with an assistant, outside the PSA: what a recorded step is, and how transcripts are read into steps.

Begin with `steps.py`, which says what a step may hold and folds corrections in; `transcript.py` reads a talk into steps, and
`exports.py` the forms talks come in. May import `reading` and `evidence`.
"""
