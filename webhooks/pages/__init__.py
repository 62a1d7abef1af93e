"""What a senior looks at: the pod in the ticket, the queue, the analytics page. Server-rendered, no build step.

Begin with `routes.py`; each page is a folder of view (rows to plain values), template and style. `handoff/` draws one
handoff for pod and queue alike. `look/` holds the design tokens and fonts, `script/` what moves. May import `claims`,
what `api` reads and what `webhooks/` holds itself; pages do not know each other.
"""
