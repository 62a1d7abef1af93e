"""How people and machines word things, by rules alone: patterns and lists of words, no ticket, no learning.

Begin with `deeds.py`.

- `deeds` is how people say that they did something, or plan, ask and advise; `outcomes` how they say what came of it, `told`
  that a quotation tells it; `state` how they say that something is still changed.
- `pasted` knows what a machine wrote, `codes` error codes, `vocabulary` which words belong to which problem domain,
  `mail_words` the headings, farewells and notices of mail in eleven languages.
- `quick` keeps a pattern from being tried where none of its letters stand.
"""
