"""The rows: what happened, what is due, who may see it. On SQLite and PostgreSQL alike.

Begin with `tables/` and `database/sessions.py`. Wings import downwards only: `handoff` and `figures`, then
`work`, `account`, `database`, `tables`. Each function takes the session of one account, or the narrow one of
the system where its name says so. Knows `escalation`, never the PSA.
"""
