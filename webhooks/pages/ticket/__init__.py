"""The pod in a ticket's screen: its handoff, or that there is none."""
