"""Work on tickets that members record outside the PSA, with an assistant: sessions and their steps.

Begin with `recorded.py`. May import `work`, `account`, `database` and `tables`.
"""
