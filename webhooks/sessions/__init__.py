"""What members record while they work on a ticket with an assistant: the deeds, without HTTP.

Begin with `recording.py`. May import what `webhooks/` holds itself.
"""
