"""Kinds of secrets, generated: `python -m tests.hostile.secrets.count`.

The text files hold one kind a line: `devices`, `commands` and `tokens` are structured, `wordings_first` is what people
write, `lookalikes` must stay. `{!slot}` is the secret. The files that end in `_second` were made before the rules that
read them, those in `_third` later and without a look at the rules. Both are held out: they show what the rules do with
what nobody fitted them to, so nothing is tuned on them.
"""
