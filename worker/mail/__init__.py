"""E-mails as plain values in, messages out. Knows neither the database nor the PSA.

One file for each e-mail returns its context (`handoff.py`, `response.py`, `weekly.py`, `alerts.py`),
`templates.py` fills its folder of three below `layouts/`, `message.py` composes, `addresses.py` reads what a
person typed, `headers.py` writes values that no Python folds, `transport.py` (within a time, `timed.py`) or
`folder.py` delivers. Begin with `templates.py`. Imports nothing of ours but `escalation`.
"""
