"""ConnectWise's callbacks: stored before they are answered.

Begin with `receiver.py`; `token_lookup.py` tells which account a callback is for, mostly without asking the
database, `refused_callers.py` keeps noise cheap. May import what `webhooks/` holds itself.
"""
