"""Connecting an MSP: boards, statuses, members, callbacks, and the check of all of it.

Begin with `onboarding.py`; `members.py` imports people and their addresses; `calendar_file.py` reads working
hours that a person wrote. May import `mail` and `process`.
"""
