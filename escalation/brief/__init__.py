"""The package into words: the Markdown note, its first lines for the e-mail, and who has it.

Begin with `outline.py` (what is said, in which order) and `render.py` (the note, below its size). `sanitize.py`
makes ticket text inert, `marker.py` knows our note again, `delta.py` says what changed, `explain.py` who read a
line and by which rule, `question.py` the one question to the junior. May import `package` and `reading`.
"""
