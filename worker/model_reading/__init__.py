"""A model reads what the local reader has read already, where an account wants it, and after the brief is in the ticket.

Begin with `model.py`. `recordings.py` keeps requests and answers as files. May import `wiring` and what stands below.
"""
