"""The old way of working, replayed from a PSA's past by the rules of the live product.

The wording of the audit trail is learned for each account (`trail_wording.py`, `trail_names.py`), the trail
becomes saves (`saves.py`), the saves episodes and a baseline (`backcast.py`, where to begin). May import
`figures`, `response` and `rules`; reads no prose and writes no brief.
"""
