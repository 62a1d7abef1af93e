"""The page behind a claim link, and the deeds that page and API share.

Begin with `claiming.py` (claim, give back, dismiss: one transaction each, no HTTP); `page.py` is the page with
the button. May import what `webhooks/` holds itself.
"""
