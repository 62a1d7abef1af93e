"""ConnectWise PSA behind `psa.port.Psa`.

Begin with `client.py`: what it writes to a ticket stands there, what it reads in `ticket_reads.py`, boards, members and
callback entries in `set_up.py`, keys and limits in `connection.py`; `manage.py` alone knows pyconnectwise. A call goes
`calls.py` (pages, codebase) → `transport.py` (permitted, throttled, sent once) → `answers.py` (status to error, list of
writes); JSON becomes our words in `schemas/`. `callbacks.py` reads a callback, `signatures.py` proves who sent it. May
import `outbound` and `port`.
"""
