"""What the shop's own resolved tickets say about a new one: their terms, and a ranker that says why each matched.

Begin with `rank.py`, which orders candidates; `assess.py` guesses from those that are alike, `deeds.py` says what is one deed;
`terms.py` makes the terms that both databases index and the ranker weighs; `choose.py` says which terms find candidates.
Imports nothing of ours.
"""
