"""From a status change to a brief in the ticket and a mail to each senior.

Begin with `triage.py`; then `publish.py` (exactly one brief), `refresh.py` (kept true), both under a `hold.py` (lease and
fence), `wish.py` (the status set for whoever asks), `read.py` (a model reads afterwards), `notify.py` and
`messages.py` (who is told what); `preview.py` shows a brief and posts nothing. May import `response`, `account`, `mail`,
`process`, `model_reading`.
"""
