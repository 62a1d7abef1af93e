"""How an episode ended: the note that says so, whether it took a senior, what whoever escalated it may learn.

Begin with `note.py`. May import `package`, `brief` and what is below them. Everything said has a source in the ticket or
in our record of the episode; what nobody wrote is "not recorded".
"""
