"""Signing in without a login page: inside the PSA by its own proof, outside by a link in an e-mail.

Begin with `pod.py` (a member's proof becomes a token that lives in a page's memory) and `link.py` (a link becomes a
browser's cookie, by the button on its page). May import what `webhooks/` holds itself.
"""
