"""The owner's Monday and the figures at the keyboard.

Begin with `weekly.py` (planned, frozen in rows, sent); `table.py` is the figures as text, `stopwatch.py` reads
measurements of the old way from a file. May import `mail` and `process`.
"""
