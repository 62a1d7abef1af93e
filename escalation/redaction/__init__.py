"""Take secrets out of ticket text before it is stored, mailed, logged or shown.

Begin with `redact.py`: it reads a text as its reader sees it (`views.py`) and asks the rules in turn: secrets known by their
shape (`shapes.py`), settings (`settings.py`), commands (`commands.py`), prose (`prose.py`), columns of tables (`tables.py`).
What looks like a secret says `words.py`. What no rule names is weighed: `suspects.py` says which words those are (by
`labels.py` and `harmless.py`), `features.py` what speaks for and against each, `scorer.py` sums it up with learned weights.
May import `evidence`.
"""
