"""The HTTP API of one account.

Begin with `routes.py`; `schemas.py` are its requests and answers and so its OpenAPI document, `records.py` what
it reads. May import `claims` and what `webhooks/` holds itself.
"""
