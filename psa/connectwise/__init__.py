"""ConnectWise PSA behind `psa.port.Psa`.

Begin with `client.py`. A call goes `calls.py` (pages, codebase) → `transport.py` (permitted, throttled, sent
once) → `answers.py` (status to error, list of writes); JSON becomes our words in `schemas.py`; `callbacks.py`
proves who sent one. May import `outbound` and `port`.
"""
