"""A large model's reading of a ticket: what it is asked, and the check that nothing unsaid gets through.

- `places` are the texts it may cite, numbered; `guide` says in words what is to be found, `request` puts both together.
- `answer` takes what came back and keeps what stands word for word in the place it cites; the rest is dropped and counted.
- `reading` is what is left, as it is stored: it knows which texts it covers, so a later note does not undo it.

Begin with `answer`. Imports the outcome and actor words of `escalation.reading`, and nothing else of ours.
"""
