"""Who took an escalation and what they did first, told from what the PSA shows.

Begin with `claims.py`, whose rules carry a version, and `first_action.py`; `sightings.py` is a ticket after each save and
whose save it was, `deeds.py` tells a deed from an announcement in a note (`other_languages.py`: not only in English),
`repeats.py` finds what a senior asked again although the brief holds it. May import `package`, `reading`, `rules` and
`evidence`, no brief.
"""
