"""Say which technology a ticket is about: by what was learned of its words, beside the vocabulary's own verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence

from escalation.reading.features import Vector, sharing
from escalation.reading.weights import Learned, learned
from escalation.wording.vocabulary import domain_of

_WORD = re.compile(r"[a-z][a-z0-9-]{1,30}")
_LONGEST = 4000


def domain_features(summary: str, description: str, texts: Sequence[str]) -> Vector:
    """Return what speaks for each domain. `texts` are all of the ticket's, the description among them."""
    ruled = domain_of([(summary, 4), *((t[:_LONGEST], 2 if t is description else 1) for t in texts)])
    made: Vector = [("rule=", (ruled,), 1.0)]
    everything = " ".join(t[:_LONGEST] for t in texts)
    for kind, text, whole in (("s:", summary, 1.5), ("w:", description[:_LONGEST], 1.05), ("w:", everything, 1.05)):
        made += sharing(kind, set(_WORD.findall(text.lower())), whole)
    return made


def read_domain(summary: str, description: str, texts: Sequence[str], known: Learned | None = None) -> str:
    """Return the domain an escalation would be routed by, one of `vocabulary.DOMAINS`."""
    model = (known or learned()).models["domain"]
    shares = model.shares(domain_features(summary, description, texts))
    return model.classes[max(range(len(shares)), key=shares.__getitem__)]
