"""A model's assessment in a package: which texts it is asked about, and its statements with the sources they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from escalation.evidence import Evidence
from escalation.model_reading.assessing import with_earlier
from escalation.model_reading.opinion import Opinion, Statement
from escalation.model_reading.places import Place
from escalation.package.by_model import places_of
from escalation.package.contents import Assessment, Package, Solved
from escalation.package.contradicted import weighed
from escalation.package.records import records_of


def asked_about(evidence: Evidence, solved: Sequence[Solved]) -> list[Place]:
    """Return the ticket's texts and what solved tickets like it, as a model may cite them."""
    return with_earlier(places_of(evidence), [(one.summary, one.fix) for one in solved])


def with_opinion(package: Package, evidence: Evidence, opinion: Opinion) -> Package:
    """Return the package with a model's assessment in the place of its own; statements whose source is gone are left out.

    A withheld one takes the place of none: it is kept only where nothing else is shown.
    """
    own = package.ai_assessment_data
    if opinion.withheld and own.likely_cause and not own.withheld:
        return package
    sources = _sources(package, evidence)
    cause = sources.get(opinion.cause.place)
    if cause is None:
        return package
    steps = [(step, sources[step.place]) for step in opinion.steps if step.place in sources]
    return weighed(replace(package, ai_assessment_data=_assessment(opinion, cause, steps, own)))


def _assessment(opinion: Opinion, cause: str, steps: Sequence[tuple[Statement, str]], own: Assessment) -> Assessment:
    return Assessment(
        opinion.cause.text, tuple(step.text for step, _ in steps), opinion.confidence, cause, tuple(at for _, at in steps),
        opinion.right, opinion.known, opinion.withheld, opinion.made_by, opinion.cause.evidence,
        tuple(step.evidence for step, _ in steps), own.discounted,
    )  # fmt: skip


def _sources(package: Package, evidence: Evidence) -> dict[str, str]:
    """Return the citation id of each text by its key."""
    records = records_of(evidence)
    found = {place.key: records[place.number].source.id for place in reversed(places_of(evidence))}
    earlier = with_earlier([], [(one.summary, one.fix) for one in package.solved])
    told = [one for one in package.solved if one.fix.strip()]
    return found | {place.key: one.source for place, one in zip(earlier, told, strict=True)}
