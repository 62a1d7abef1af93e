"""Calls to a vendor that reach only what they may, no faster than they may. Knows nothing of ConnectWise.

Begin with `allowed_hosts.py` (where we may connect; `certificates.py`: whom an account trusts there)
and `throttle.py` (how fast), which rests on
`token_buckets.py` and `circuit_breaker.py` (a vendor that has fallen silent); `deadlines.py` ends answers that drip,
`strict_json.py` reads JSON in one way only. May import `port`.
"""
