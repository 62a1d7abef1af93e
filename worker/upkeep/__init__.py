"""What runs by the clock: sweeper, poller, auditor, canary, the callbacks' check, retention.

Begin with `sweeper.py` (rings for what is due) and `poller.py` (asks for what never came); `auditor.py` tells
the operator what stands still, `canary.py` tries the way itself, `clock_change.py` copes with clocks that were
set. May import `handoff` and `response`.
"""
