"""Runbooks: what mended something that comes again, as steps that somebody else can follow.

Begin with `contents.py` (what one holds, and a first wording from an episode); `worth.py` says how it did and whether it is
stale. May import `resolution` and what is below it.
"""
