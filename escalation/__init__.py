"""The trade itself: what an escalation is, says and measures. Pure: no I/O, no clock, no environment."""
