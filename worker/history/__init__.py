"""An account's past, read politely and replayed, posting nothing.

Begin with `shadow.py`; `reading.py` reads trails and evidence and goes on where it was cut off,
`shadow_report.py` says what was found, `report.py` and
`report_page.py` leave it as one page. May import `handoff` and `account`.
"""
