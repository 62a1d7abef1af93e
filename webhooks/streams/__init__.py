"""Live event streams, `GET /escalations/stream`, in a process of their own: `python -m webhooks.streams`.

Begin with `listeners.py` (an account's moves to those who listen), then `server.py` (sockets, one request, the end of the
process). `hand_over.py` runs in the web's process: it passes a caller's connection on, so that one port serves everything.
May import what `webhooks/` holds itself.
"""
