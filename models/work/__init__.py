"""What is to be done and what was seen: callbacks, tickets watched, jobs, alerts, trials, retention.

Begin with `due.py` (what is due, fairly between accounts) and `inbox.py`; `stalled.py` asks what stands still,
`clock_change.py` puts waits right after a clock was set. May import `account`, `database` and `tables`.
"""
