"""Kinds of secrets, generated: `python -m tests.hostile.secrets.count`.

The text files hold one kind a line: `devices`, `commands` and `tokens` are structured, `wordings_first` is what people
write, `lookalikes` must stay. `{!slot}` is the secret. The files that end in `_second` were
held out once and are open now. Those in `_third` were made without a look at the rules and are held out: they show what
rules and model do with what nobody fitted them to, so nothing is tuned on them.
"""
