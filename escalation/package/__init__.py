"""Evidence into the escalation package: the structured content of one handoff.

Begin with `build.py`; what a package holds and how it is stored for ever is `contents.py`. `redaction.py` takes
secrets out of ticket text before anything else sees it, `threads.py` reads a ticket from a file. May import
`reading` and `evidence`.
"""
