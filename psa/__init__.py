"""The PSA: the port the product speaks through, and ConnectWise behind it.

`port.py` is what is asked of any PSA and the errors it may give; begin there. `connectwise/` answers it,
`outbound/` is how any vendor is called safely and politely, `simulator/` a ConnectWise to test against. A
second PSA would be one more wing beside `connectwise/`. Knows `escalation`, never the database.
"""
