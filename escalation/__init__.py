"""The trade itself: what an escalation is, says and measures. Pure: no I/O, no clock, no environment.

`evidence.py` is what was read, `rules.py` tells episodes from it, `lifecycle.py` has the states; every wing
starts from these. Text goes `redaction` → `reading` (and `model_reading`) → `package` → `brief`; who
took it is `response`; what it took is `figures`; `history` replays the past by the same rules. Begin with
`package/build.py`. Imports nothing of ours outside.
"""
