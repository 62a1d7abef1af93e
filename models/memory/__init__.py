"""What an account has solved: stored as tickets close, found again by its words.

Begin with `resolved.py`, which stores and searches; `postings.py` is the index, the same on both databases. May import
`database` and `tables`.
"""
