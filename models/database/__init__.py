"""Sessions, access and migration: the door to SQLite and PostgreSQL.

Begin with `sessions.py`; `access.py` has PostgreSQL's roles and row-level security, `schema.py` brings a
database to the newest version, `clock.py` is the one clock of an installation, `compare_and_set.py` tells who
won. May import `tables`.
"""
