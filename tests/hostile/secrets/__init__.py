"""Kinds of secrets, generated: `python -m tests.hostile.secrets.count`.

The text files hold one kind a line: `devices`, `commands`, `tokens` and the three files of `vendors` are structured (the
second and third of these, and the eighth and tenth set below, the weights have not seen),
`wordings_first` is what people write, `lookalikes` must stay. `{!slot}` is the secret. Wordings and the
like that end in `_second`, and all that end in `_third`, were made without a look
at the rules and held out once; they are open now and learned from. So are those in `_fifth` and `_sixth`, by two hands
who saw neither rules nor each other's; many of their secrets are plain words and short numbers that no label names; and
`_seventh` to `_tenth`, by one more each. Those in `_fourth` and `_eleventh` are held out: their misses are counted and never
shown.
"""
