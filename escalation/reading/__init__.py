"""Read what people wrote: text in, deeds, outcomes and pasted output out, each with its exact place.

Begin with `reader.py`.

- `source` and `encodings` give the words as a reader would see them, `own_mail` leaves our e-mails out, `text` cuts them into
  stretches: `mail`, `copies` and `chats` say what is not the writer's own, `forms` and `sections` what was not done, `pasted`
  what a machine wrote.
- `deeds` is how people say that they did something, `outcomes` how they say what came of it, `vocabulary` which words belong to
  which problem domain. `features` names what they see, `weights` what was learned of it; `encoder` reads beside it.
- `results` finds what came of a deed after it, `remarks` promises, requests, plans and (by `state`) changes left behind,
  `codes` error codes.
"""
