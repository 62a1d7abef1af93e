"""One handoff as pod and queue show it: the brief's own outline, who has it, what to press."""
