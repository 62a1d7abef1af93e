"""What seniors know of symptoms: how people word each, what to look at first, and what to ask.

One file a domain beside this module, read once; `entries.py` says how they are written.
"""
