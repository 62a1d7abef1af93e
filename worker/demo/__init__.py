"""A whole product on one machine with a simulated ConnectWise: the demo, and the stack that journeys run on.

Begin with `stack.py`; `escalation.py`, `claims.py` and `month.py` are the demo's three acts, `mail_catcher.py`
and `link_browser.py` stand in for a mail server and a senior's browser. May import every wing; only `cli`
imports it.
"""
