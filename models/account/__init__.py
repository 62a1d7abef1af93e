"""One MSP's own rows: connection and encrypted keys, statuses, people, working hours.

Begin with `accounts.py`. `people.py` says who is a senior, `calendars.py` which hours count, `encryption.py`
keeps secrets at rest. May import `database` and `tables`.
"""
