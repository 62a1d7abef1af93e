"""ConnectWise's JSON as small tolerant rows, and what they become in our words. Begin with `row.py`."""
