"""A model reads what the local reader has read already, where an account wants it, and after the brief is in the ticket.

Begin with `model.py`, what we ask of any model; `providers.py` asks the two there are by their own libraries, `recordings.py`
keeps requests and answers as files. The use case is `worker/handoff/read.py`. May import `settings` and the trade itself.
"""
