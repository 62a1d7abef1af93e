"""What is to be done and what was seen: callbacks, tickets watched, messages, jobs, alerts, trials, retention.

Begin with `due.py` (what is due, fairly between accounts) and `inbox.py`; `outgoing.py` is a message's way out, whatever
it says; `stalled.py` asks what stands still, `clock_change.py` puts waits right after a clock was set. May import
`account`, `database` and `tables`.
"""
