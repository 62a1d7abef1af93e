"""What speaks against an assessment by now, and which theories are out: each with the words that say so.

- A suggested step that turned out to be a dead end is suggested no more.
- What solved a ticket like this one and was tried here in vain is out from the beginning.
- The cause is contradicted where somebody rules it out, where the deed it names was done in vain, where all that was to
  be done about it was, or where somebody says that something else solved it.

A theory that is out stays out: it is kept with its evidence in every later package. What contradicts is looked up anew each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from escalation.memory.assess import Known, deeds_of, outcome
from escalation.memory.deeds import denies, is_deed, kinds_of, repeats, same_deed
from escalation.package.contents import CERTAIN, Assessment, Discounted, Package, Quote, Step

MOST = 3


def tried_in(package: Package) -> list[str]:
    """Return what was done on the ticket: the steps that tell a deed, not only what was found."""
    return [s.text for s in package.steps_attempted if kinds_of(s.text) or (s.outcome != "partial" and is_deed(s.text))]


def ruled_out_in(package: Package) -> list[str]:
    """Return what the ticket says that it is not."""
    return [quote.text for quote in package.ruled_out]


def out_from_the_start(package: Package, known: Sequence[Known]) -> tuple[Discounted, ...]:
    """Return what solved tickets like this one and was tried here in vain, all of it."""
    found: list[Discounted] = []
    for one in known:
        deeds = deeds_of(one)
        proofs = [_in_vain(deed.text, package) for deed in deeds]
        proof = proofs[0] if proofs else None
        if proof is not None and all(proofs) and not any(same_deed(deeds[0].text, it.theory) for it in found):
            found.append(Discounted(deeds[0].text, one.source, proof.evidence, proof.source))
    return tuple(found[:MOST])


def weighed(package: Package) -> Package:
    """Return the package with its assessment as far as the ticket still lets it stand."""
    guess = package.ai_assessment_data
    if not guess.likely_cause:
        return package
    left: list[int] = []
    out = list(guess.discounted)
    for place, text in enumerate(guess.suggested_steps):
        proof = _in_vain(text, package)
        if proof is None:
            left.append(place)
        elif not any(one.theory == text for one in out):
            out.append(Discounted(text, _at(guess.step_sources, place), proof.evidence, proof.source))
    weighed_guess = replace(
        guess,
        suggested_steps=tuple(guess.suggested_steps[i] for i in left),
        step_sources=tuple(_at(guess.step_sources, i) for i in left) if guess.step_sources else (),
        step_evidence=tuple(_at(guess.step_evidence, i) for i in left) if guess.step_evidence else (),
        discounted=tuple(out),
        against=_against(guess, out, bool(left), package),
    )
    return replace(package, ai_assessment_data=weighed_guess)


def _against(guess: Assessment, out: Sequence[Discounted], steps_left: bool, package: Package) -> tuple[Quote, ...]:
    cause = guess.likely_cause or ""
    found = [quote for quote in package.ruled_out if denies(quote.text, cause)]
    sure = [step for step in package.steps_attempted if min(step.sure, step.outcome_sure) >= CERTAIN]
    found += [Quote(s.text, s.evidence, s.source) for s in sure if _is_dead(s) and repeats(cause, s.text)]
    if not steps_left and guess.suggested_steps:
        tried = [one for one in out if one.theory in guess.suggested_steps]
        found += [Quote(one.evidence, one.evidence, one.source) for one in tried]
    said = [cause, *guess.suggested_steps]
    # Of a model's own words little need be those of whoever solved it, so that they differ speaks against nothing.
    found += [
        Quote(s.text, s.evidence, s.source)
        for s in sure
        if guess.made_by == "local" and s.outcome == "worked" and s.result_stated and outcome(said, s.text) == "wrong"
    ]
    kept: list[Quote] = []
    for quote in found:
        if not any(quote.source == one.source and quote.evidence == one.evidence for one in kept):
            kept.append(quote)
    return tuple(kept[:MOST])


def _in_vain(deed: str, package: Package) -> Quote | None:
    """Return the step that shows that a deed was done in vain, or the remark that rules it out."""
    for step in package.steps_attempted:
        if _is_dead(step) and repeats(deed, step.text):
            return Quote(step.text, step.evidence, step.source)
    return next((quote for quote in package.ruled_out if denies(quote.text, deed)), None)


def _is_dead(step: Step) -> bool:
    return step.outcome in ("failed", "no_change")


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""
