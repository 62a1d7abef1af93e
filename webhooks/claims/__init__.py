"""The page behind a claim link, and the deeds that page and API share.

Begin with `claiming.py` (claim, give back, dismiss: one transaction each, no HTTP); `wishing.py` asks for a
ticket to be handed off, `noting.py` for a resolution note; `page.py` is the page with the button. May import what
`webhooks/` holds itself.
"""
