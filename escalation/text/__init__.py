"""Text as it comes: a note as it was stored in, lines and stretches of it out, each with its exact place.

Begin with `stretches.py`; `passages.py` is what everything above takes.

- `unwrapped` takes a text out of what it was stored in; `source` and `encodings` give the words as a reader would see them,
  and `places` leads each character back.
- `own_mail` leaves our e-mails out; `mail`, `copies` and `chats` say what is not the writer's own; `language` what is no English;
  `whose` says who did what the writer tells of somebody else.
- `forms`, `sections`, `asked` and `lines` know boxes, tables, headings, questions with answers, lists on one line: what was not
  done is no deed, whatever its verbs.
"""
