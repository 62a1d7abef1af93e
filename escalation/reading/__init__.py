"""Read what people wrote: text in, deeds, outcomes and pasted output out, each with its exact place.

- `text` cuts a text into stretches (sentences, list items, pasted blocks, quoted mail, signatures).
- `deeds` is how people say that they did something, `outcomes` how they say what came of it,
  `pasted` how machine output looks, `vocabulary` which words belong to which problem domain.
- `steps` puts them together; `remarks` finds promises, requests, plans and changes left behind.

A new way of saying something is one line in one of those tables and one test.
"""
