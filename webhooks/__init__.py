"""HTTP in, HTML out. Stores and rings; never runs a use case.

Begin with `app.py`. Wings: `callbacks/`, `claims/`, `api/`. What all share stands here: `authorization.py` who
may, `bulkhead.py` a few at a time to the database, `ringing.py`, `problems.py`, `health.py`, `metrics.py`. Of
the worker it takes settings, logs, links and the bell.
"""
