"""Read what people wrote: stretches in, steps, outcomes, pasted output and remarks out.

Begin with `reader.py`. Knows `escalation.text` (stretches) and `escalation.wording` (how things are said).

- `features` names what a stretch shows, `weights` what was learned of it (`learned.json`), `rows` the same of pasted rows;
  `encoder` (`windows`, `pieces`) reads beside them, `domain` says whose problem it is.
- `results` finds what came of a deed after it, `remarks` promises, requests, plans and changes left behind, `asks` what is
  asked for, `alike` what says the same.
"""
