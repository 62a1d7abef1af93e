"""Who took it, what they did first, and what follows from that.

Begin with `observe.py`; `settle.py` does what a claim or its return calls for, `withdraw.py` ends what nobody
took, `claim_line.py` says in the brief who has it. May import `account`, `mail`, `process`, not `handoff`.
"""
