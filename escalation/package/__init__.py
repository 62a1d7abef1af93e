"""Evidence into the escalation package: the structured content of one handoff.

Begin with `build.py`: `records.py` puts the ticket's texts in order, `highlights.py` quotes what stands out in them,
`surroundings.py` names devices and other tickets. What a package holds is `contents.py`; `stored.py` reads one of any
version. `threads.py` reads a ticket from a file. May import `reading` and `evidence`.
"""
