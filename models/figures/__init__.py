"""Where figures come from and go to: observations, baselines, scorecards, reports to the owner.

Begin with `scoring.py`, the one way to an account's figures. `observed.py` reads episodes from their recorded
moves. May import `work`, `account`, `database` and `tables`.
"""
