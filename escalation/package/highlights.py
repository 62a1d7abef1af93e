"""What stands out in the ticket's texts, each as a quotation: the problem, the steps, leads, pasted output, what was left.

Everything quoted is a slice of its source, so it stands there literally; only its beginning may be shortened.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from escalation.package.contents import Change, Contingency, Package, Quote, Step
from escalation.package.records import Record, flat
from escalation.reading import remarks
from escalation.reading.reader import pasted_rows
from escalation.reading.weights import Learned
from escalation.text.copies import TELLS
from escalation.text.lines import rows_of
from escalation.text.mail import heading
from escalation.text.passages import Deed, Passage
from escalation.text.places import overlapping
from escalation.text.stretches import OTHERS, Stretch, stretches
from escalation.wording import pasted

Finder = Callable[[str], Iterable[tuple[int, int]]]
"""Says where in a text something stands."""

_FILLER = re.compile(
    r"^(?:\W{0,3}(?:edit|update|fixed|solved|resolved|resolution|solution)\s?\d{0,2}\s?:(?!\d)\W{0,3}(?=\w)"
    r"|(?:(?:i|we)(?:'ve|’ve)?|(?:have|had(?! (?:the|a|her|him|them|user)\b)|has|also|then|already|just|so|and|next|first|"
    r"finally|now|but|ok|okay|well)(?=[\s,]))[\s,]+)",
    re.IGNORECASE,
)


_ASKED = re.compile(r"(?:have|has|had)\s[^?]{1,200}\?", re.IGNORECASE)
"""A question that has its answer behind it."""
_ABOUT_THE_POST = re.compile(
    r"\b(?:previous|first|earlier|other|last|this) (?:post|thread|ticket i opened)\b"
    r"|\b(?:i|was) (?:originally |already )?posted\b"
    r"|\blurker\b|\bbear with me\b|\b(?:new|not sure) (?:here|where to (?:post|ask))\b|\bright (?:place|forum|board|group)\b"
    r"|\bhope (?:this|you|someone|everyone)\b|\bhoping (?:someone|somebody)\b|\bthanks? (?:you )?in advance\b"
    r"|^\W*(?:tl;?dr|background|hi|hello)\W*$"
)
"""What is said of the message rather than of the fault."""


_OPENS = re.compile(
    r"^\W*(?:(?:just )?a? ?quick (?:one|question|query)\b|(?:i['’]?m|i am) (?:writing|emailing|e-mailing|contacting you|getting in touch|reaching out)\b|as (?:discussed|mentioned|agreed|per)\b|further to\b|following (?:on|up)\b"
    r"|(?:sorry|apologies) (?:to|for|about)\b|hope (?:you|all|everyone)\b|(?:can|could|would) (?:you|someone|somebody|anyone) (?:please )?(?:help|assist|look|take a look|have a look|advise)\b|(?:i|we) (?:need|could do with) (?:some |your |a bit of )?help\b"
    r"|please (?:help|see below|assist|can|could)\b|not sure (?:if|whether|who)\b|(?:i|we)(?:['’]ve| have)? (?:got )?an? (?:issue|problem|question)\W*$|thanks?\b|hiya?\b|all\W*$)",
    re.IGNORECASE,
)
"""How a message is opened before it says what is wrong."""
_TROUBLE = re.compile(r"n['’]t\b|\b(?:not|no|cannot|fail\w*|errors?|down|stopp\w+|slow\w*|lost|missing|stuck|wrong|broken|dead|drops?|crash\w*|since|keeps?|denied|gone|locked)\b", re.IGNORECASE)
_HI = re.compile(r"(?:hi|hello|hey|dear|morning|good (?:morning|afternoon))\b[ \w]{0,20}[,!.]\s*(?=\S)", re.IGNORECASE)


def shorten(evidence: str, *, deed: bool = False) -> str:
    """Return the evidence on one line; a deed without words at its start that carry nothing."""
    text = flat(evidence)
    while deed and not _ASKED.match(text) and (filler := _FILLER.match(text)) and len(text) > filler.end() + 8:
        text = text[filler.end() :]
    return text.rstrip(" .,;:")


def step_of(deed: Deed, records: Sequence[Record]) -> Step:
    """Return the step that a deed was, with its place and outcome."""
    record = records[deed.passage]
    return Step(
        text=shorten(record.text[deed.start : deed.end], deed=True),
        evidence=record.plain.quote(deed.start, deed.end),
        note_index=record.source.note_index if record.source.note_index is not None else -1,
        outcome=deed.outcome,
        actor=deed.actor,
        source=record.source.id,
        result_stated=deed.result_stated,
        at=record.source.at,
        result_inferred=deed.inferred,
        sure=round(deed.sure, 3),
        outcome_sure=round(deed.outcome_sure, 3),
        because=deed.because,
        result=quote(records[deed.result[0]], *deed.result[1:]) if deed.result else None,
    )


def quote(record: Record, start: int, end: int) -> Quote:
    """Return a stretch of a text as a quotation."""
    return Quote(shorten(record.text[start:end]), record.plain.quote(start, end), record.source.id)


def cited(record: Record, start: int, end: int) -> Quote:
    """Return what stands there as it stands there, line ends and all."""
    return Quote(record.text[start:end], record.plain.quote(start, end), record.source.id)


def quotes_of(found: Sequence[remarks.Remark], records: Sequence[Record]) -> list[Quote]:
    """Return remarks as quotations, without those of which nothing is left."""
    quotes = [quote(records[r.passage], r.start, r.end) for r in found]
    return [q for q in quotes if q.text]


_NEVER_TRIED = re.compile(
    r"[^,;.]{0,200}\b(?:(?:could|ca|was|were)n['’]?t|(?:could|can|was|were) ?not|(?:unable|impossible|not possible|no way) to)"
    r"(?: (?:be|even|yet|really|actually|able to)){0,4}"
    r" (?:tr(?:y|ied)|test(?:ed)?|check(?:ed)?|verif(?:y|ied)|compared?|attempt(?:ed)?)\b",
    re.IGNORECASE,
)
"""In its first clause: what stands behind a comma is told of something else."""


def never_tried(evidence: str) -> bool:
    """Tell whether a step says of itself that it could not be tried: it closes no way, whatever it is flagged as."""
    return _NEVER_TRIED.match(evidence) is not None


def closed(package: Package) -> list[Step]:
    """Return the steps that close a way."""
    flagged = (package.steps_attempted[place] for place in package.dead_ends_flagged)
    return [step for step in flagged if not never_tried(step.evidence)]


def dead_ends(steps: Sequence[Step], ruled_out: Sequence[Quote]) -> tuple[int, ...]:
    """Return the steps that failed, changed nothing, or ruled their subject out."""

    def closed(step: Step) -> bool:
        return step.outcome in ("failed", "no_change") or any(
            q.source == step.source and q.evidence in step.evidence
            for q in ruled_out
            if step.outcome == "unknown"
        )

    return tuple(index for index, step in enumerate(steps) if closed(step))


def problem(summary: str, records: Sequence[Record]) -> Quote | None:
    """Return how the description begins, greetings left out; without one, the summary."""
    described = [r for r in records if r.source.id == "d"] or [
        r for r in records if r.source.role == "customer"
    ][:1]
    for record in described:
        if told := _field(record):
            return told
        said = {s.start for s in record.spoken}
        spoken = [s for s in record.passage.stretches if any(c.isalnum() for c in s.text) and (s.start in said or _like_output(s))]
        spoken = [s for s in spoken if not _ABOUT_THE_POST.search(s.text.lower())] or spoken
        while len(spoken) > 1 and _OPENS.match(spoken[0].text) and not _TROUBLE.search(spoken[0].text):
            spoken = spoken[1:]
        if spoken and all(_only_covers(s.text) for s in spoken):
            if forwarded := _forwarded(record):
                return forwarded
            spoken = [] if summary.strip() and any(_SHOWN.search(s.text) for s in spoken) else spoken
        if spoken:
            second = spoken[1] if len(spoken) > 1 and spoken[1].end - spoken[0].start <= 300 else spoken[0]
            if any(s.kind in OTHERS and spoken[0].start < s.start < second.start for s in record.passage.stretches):
                second = spoken[0]
            if "<" in record.plain.quote(spoken[0].start, second.end) and "<" not in record.text[spoken[0].start : second.end]:
                second = spoken[0]
            greeting = _HI.match(spoken[0].text)
            return quote(record, spoken[0].start + (greeting.end() if greeting else 0), second.end)
    for record in described:  # an alert, which nobody wrote: its row that names a fault
        for block in record.passage.stretches:
            if block.kind == "pasted" and (row := pasted.fault_in(block.text)):
                begin = block.start + block.text.index(row)
                return quote(record, begin, begin + len(row))
    return Quote(flat(summary), summary, "s") if summary.strip() else None


_COVER = re.compile(
    r"\W*(?:fyi|fw(?:d)?|see (?:the )?(?:below|attached|attachments?|screenshots?|mail|e-?mail)|(?:please|pls|plz|kindly) (?:see|find|look at|create|open|log|raise|make|check the|refer|advise|assist|help|handle|action)|(?:can|could|would) (?:you|someone|we) (?:please |pls )?(?:look|help|check|create|open|log|raise|take|handle|assist|advise|action)"
    r"|as (?:discussed|per)|per (?:below|our)|forward\w*|(?:screenshots?|image|photo|error|details?) (?:is |are )?(?:attached|below)|attached|below|(?:new )?ticket,? please|(?:hi|hello|hey|dear|good (?:morning|afternoon))\b[^.!?]{0,30}$)\b",
    re.IGNORECASE,
)
"""What somebody writes above what he forwards or attaches."""
_SHOWN = re.compile(r"\b(?:attach(?:ed|ments?)|screenshots?|image|photo)\b|^\s*\{", re.IGNORECASE)
"""What says that the fault stands in something that is not read here."""
_NAME_ALONE = re.compile(r"\W*(?:[A-ZÀ-Þ][\w'’.-]*\s?){1,3}\W*$")
_FEW_WORDS = 10
_LEAST = 5
_PLAIN = re.compile(r"\b(?:the|a|an|is|are|on|in|my|our|when|since|and|to|it|gives?|with|not|cannot|can['’]t|has|have)\b")


def _only_covers(text: str) -> bool:
    """Whether a sentence says nothing of a fault, but only hands on what stands below it or is attached."""
    short = len(text.split()) <= _FEW_WORDS and not _TROUBLE.search(text)
    return (short and (_COVER.match(text) is not None or _NAME_ALONE.match(text) is not None)) or text.lstrip()[:1] == "{"


def _like_output(stretch: Stretch) -> bool:
    """Whether it is a sentence that was taken for output because it names an error."""
    lone = stretch.kind == "pasted" and "\n" not in stretch.text and len(stretch.text.split()) >= _LEAST
    return lone and len(_PLAIN.findall(stretch.text.lower())) > 1 and stretch.text.rstrip()[-1:] in ".!?" and stretch.text[:1].isalpha()


def _forwarded(record: Record) -> Quote | None:
    """Return how the mail begins that somebody forwards without words of his own about the fault."""
    for block in record.passage.stretches:
        rows = list(rows_of(block.text)) if block.kind == "quoted" else []
        if (length := heading(rows, 0) if rows else 0) and length < len(rows):
            begin = rows[length].start
            said = [s for s in stretches(block.text[begin:]) if s.kind in ("sentence", "item") and not _only_covers(s.text)]
            if said:
                last = said[1] if len(said) > 1 and said[1].end - said[0].start <= 300 else said[0]
                return quote(record, block.start + begin + said[0].start, block.start + begin + last.end)
    return None


def _field(record: Record) -> Quote | None:
    """Return what a form says under the name of the field for it; None where the text is none or somebody speaks first."""
    rows = record.text[:_FORM].split("\n")
    gone = overlapping((s.start, s.end) for s in record.passage.stretches if s.kind == "boilerplate")
    at = 0
    if sum(_NAMED.match(row) is not None for row in rows) < 2:
        return None
    for place, row in enumerate(rows):
        if gone(at, at + len(row)):
            at += len(row) + 1
            continue
        if name := TELLS.match(row[:160]):
            begin = at + name.end()
            end = at + len(row)
            if not row[name.end() :].strip():
                below = next((i for i in range(place + 1, min(place + 3, len(rows))) if rows[i].strip()), None)
                answers = _ANSWER.match(rows[below]) if below is not None else None
                if below is None or (_NAMED.match(rows[below]) and not answers):
                    at += len(row) + 1
                    continue
                begin = at + len(row) + 1 + sum(len(other) + 1 for other in rows[place + 1 : below])
                end = begin + len(rows[below])
                begin += answers.end() if answers else 0
            if end > begin and not any(s.kind in OTHERS and s.start <= begin < s.end for s in record.passage.stretches):
                return quote(record, begin, min(end, begin + 300))
        elif row.strip() and not _NAMED.match(row) and len(row.split()) > 6:
            return None
        at += len(row) + 1
    return None


_FORM = 4000
_ANSWER = re.compile(r"\W{0,9}a(?:nswer)?\s?\d{0,2}\s?[:.)]\s{1,3}(?=\S)", re.IGNORECASE)
_NAMED = re.compile(r"\W{0,9}[A-Za-z][^:?\n]{1,80}[:?]{1,2}(?:\s|\**\s|$)")
"""A row of a form: a name, and perhaps what was filled in."""


def contingency(passages: Sequence[Passage], records: Sequence[Record]) -> Contingency | None:
    """Return what was said to be done if something happens."""
    for condition, action in remarks.contingencies(passages)[:1]:
        record = records[condition.passage]
        return Contingency(
            record.plain.quote(condition.start, condition.end),
            record.plain.quote(action.start, action.end),
            record.source.id,
        )
    return None


_NAMELESS = re.compile(r"\W*(?:(?:i|we|have|i['’]ve|then|so|also|temporarily) )*\w+(?: (?:off|out|on|back|up|down))? (?:it|that|them|this|those|both)\b", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:it|them)\W*$")
_CHANGE = 130
"""Characters of a change with the sentence that names what was changed."""


def change(record: Record, start: int, end: int) -> Change:
    """Return a stretch of a text as something that was changed and not changed back."""
    if _NAMELESS.match(record.text[start:end]):
        before = [s.start for s in record.spoken if s.end <= start and not _POINTS.search(s.text)]
        start = before[-1] if before and end - before[-1] <= _CHANGE else start
    said = quote(record, start, end)
    return Change(said.text, said.evidence, said.source, record.source.at)


def evidence_blocks(records: Sequence[Record], known: Learned | None = None) -> tuple[Quote, ...]:
    """Return pasted output and quoted error texts, each wording once."""
    found: dict[str, Quote] = {}
    for record in records:
        if record.source.role == "us":
            continue
        blocks = pasted_rows(record.passage, known)
        pasted_there = overlapping(blocks)
        for stretch in record.passage.stretches:
            if stretch.kind in ("sentence", "item"):
                quoted = [(stretch.start + a, stretch.start + b) for a, b in pasted.quoted_errors(stretch.text)]
                blocks += [(a, b) for a, b in quoted if not pasted_there(a, b)]
        for start, end in sorted(blocks):
            found.setdefault(record.text[start:end], cited(record, start, end))
    return tuple(found.values())


def first_mentions(records: Sequence[Record], finder: Finder) -> tuple[Quote, ...]:
    """Return what a finder finds, each wording where it stands first."""
    found: dict[str, Quote] = {}
    for record in records:
        for start, end in finder(record.text):
            text = flat(record.text[start:end])
            found.setdefault(text.lower(), Quote(text, record.plain.quote(start, end), record.source.id))
    return tuple(found.values())
