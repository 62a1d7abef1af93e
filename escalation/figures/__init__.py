"""The figures an owner can trust, with their intervals and when they are not shown.

From times to sentence: `observations.py` one episode's moments, `hours.py` the account's calendar,
`estimates.py` the statistics, `measures.py` each figure and its rules, `compared.py` the old way beside it,
`scorecard.py` everything at one moment, `headline.py` the sentence on top, `sums.py` why numbers side by side do not
add up, `rounding.py` and `domains.py` how all of them are said. Begin with `measures.py`. Knows
neither `reading` nor `brief`.
"""
