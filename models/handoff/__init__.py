"""One episode's rows and their moves: brief, response, deliveries, sightings, a model's readings.

Begin with `handoffs.py`; `briefs.py` and `claims.py` are the two state machines as compare-and-sets, `moves.py`
the row that each move writes. May import `work`, `account`, `database` and `tables`.
"""
