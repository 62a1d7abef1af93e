"""Check a model's assessment statement by statement: what stands on a quotation is kept, the rest dropped and counted.

1. The answer is a JSON object of exactly the shape that was asked for; else none of it is used.
2. Each statement cites a stretch that stands in the place it names, word for word, and shares a word with it, or
   two with its paragraph.
3. It holds no link, address, telephone number or command line, and no name, code or path that neither the staff wrote nor
   an earlier ticket holds; a cause may name a code of the customer's. Neither it nor its quotation speaks to a program.
4. A cause is not ruled out here. A step rests on what the staff wrote or on an earlier ticket, shares a word with its quotation
   or with the cause, and was not done or ruled out here.

Of a ticket that plainly gives orders to a program, and without a cause that is left, nothing is used. So
what a ticket makes a model say can at most be a sentence, marked as a guess, beside words of the ticket that are cited.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from escalation.evidence import STAFF
from escalation.memory.deeds import denies, repeats, same_deed
from escalation.memory.terms import is_code, is_name, terms_of
from escalation.memory.track_record import TrackRecord
from escalation.model_reading import assessing
from escalation.model_reading.answer import UnusableAnswer, found_in, parsed, whole_number
from escalation.model_reading.assessing import EARLIER
from escalation.model_reading.places import Place

CHECK_VERSION = 3
OPINION_VERSION = 1
FLOOR = 60
"""Below this confidence, in per cent, nothing is said: several causes fit. As below `memory.assess.FLOOR`."""
MOST_STEPS = 3
LONGEST, SHORTEST_QUOTE, LONGEST_QUOTE = 200, 4, 400
_AROUND = 2
"""So many words shared with the paragraph of a quotation do instead of one shared with the quotation."""

_CONTACT = re.compile(
    r"://|\bwww\.|[\w.+-]+@[\w-]+|(?:\+|\b)\d[\d ()./-]{6,}\d\b"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|info|biz|ru|cn|co|uk|de|eu|us|app|dev|link|example|test|zip|xyz|top|online|site"
    r"|page|click|me|ly|gg)\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?<![\w.])(?:(?:10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168)(?:\.\d{1,3}){2,3}(?:/\d{1,2})?"
    r"|(?<=port )\d{2,5}-\d{2,5}|(?<=ports )\d{2,5}-\d{2,5})(?![\w-])", re.IGNORECASE
)
"""Addresses inside a network and ranges of ports: no telephone numbers, if they stand in the quotation."""
_HYPHENED = re.compile(r"(?:[A-Z]?[a-z]+|[A-Z])(?:-(?:[A-Z]?[a-z]+|[A-Z]))+|[A-Z]+-[A-Z]|[A-Z]-[A-Z]+")
_CMDLET = re.compile(r"[A-Z][a-z]+-[A-Z][A-Za-z]{3,}")
_COMMAND = re.compile(r"\s--?[a-z]|\s/[a-z]{1,12}\b(?!/)|[`|]|&&|[<>]{1,2}\s*\S+\.\w|\$\w", re.IGNORECASE)
_PROGRAM = (
    r"(?:ai|llm|gpt|claude|chatbot|language model|summari[sz]er|assistant model|assessment (?:engine|model|tool)|model)"
)
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|guidelines|system message)\b"
    r"|\b(?:system|developer)\s+(?:prompt|message|instruction|role)s?\b|\bas an? (?:ai|llm|language model)\b"
    rf"|\b{_PROGRAM}s?\b.{{0,30}}\b(?:must|shall|has to|have to|reading this|processing this)\b"
    rf"|\b(?:dear|attention|note to|message (?:to|for)|instructions? (?:to|for)|hey|hi|hello)\b.{{0,20}}\b{_PROGRAM}\b"
    r"|\b(?:likely_cause|suggested_steps|internalflag|internalanalysisflag)\b"
    r"|\byou are now\b.{0,40}\b(?:mode|model|ai|assistant|unrestricted)\b"
    r"|<\|/?\w+\|>|\[/?(?:inst|sys)\]|^\s*#{0,3}\s*(?:assistant\s*:|system\s*:\s*(?:you|new|from now|the))"
    r"|\"role\"\s*:\s*\"(?:system|assistant)\"",
    re.IGNORECASE | re.MULTILINE,
)
"""Orders to a program, plain enough that nothing said after them is believed."""
_TO_A_PROGRAM = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|obey|follow)\b.{0,40}"
    r"\b(?:instruction|prompt|rule|guide|above|previous|prior|order|guard)"
    r"|\b(?:system|developer|assistant|hidden|new|secret)\s*(?:prompt|message|instruction|role)s?\b"
    r"|\bas an? (?:ai|llm|language model|assistant)\b"
    r"|\b(?:ai|llm|gpt|claude|chatbot|language model|assistant|summari[sz]er)\b.{0,30}"
    r"\b(?:must|should|shall|will|please|reading|processing|has to)\b"
    r"|\b(?:likely_cause|suggested_steps|confidence|internalflag|(?:as|valid|only|the|this|following) json|json (?:object|schema)"
    r"|(?:answer|output|response) schema|output exactly|respond with|reply with|answer with"
    r"|return only|you are now|act as|pretend|jailbreak|role-?play)\b"
    r"|\b(?:mark|make|set|flag)\b.{0,30}\b(?:visible|external|public|discussion|internal\s?flag|resolved|closed|as solved)\b"
    r"(?!\s+(?:ip|address|dns|name|url|interface|zone|network|port|folder|key|access|certificate|domain|side|relay))"
    r"|\b(?:add|include|insert|append|copy|cc|bcc|forward|send|e-?mail|reply|write|post|publish|tell)\b.{0,40}"
    r"\b(?:recipient|(?:the|this|internal) note|brief|assessment|everyone|all engineers)s?\b"
    r"|\b(?:include|insert|append|copy|forward|send|e-?mail|reply|post|publish|tell|disclose|read out)\b.{0,40}"
    r"\b(?:link|url|password|credential|token|key)s?\b"
    r"|<\|/?\w+\|?>|</?\w+\|>|</?(?:system|assistant|user|human|inst|sys|prompt|instructions?|context|ticket|note)>"
    r"|\[/?(?:inst|sys|system|assistant)\]|^\s*(?:system|assistant|human)\s*:",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a model's, and the stretch of a text that it rests on."""

    text: str
    place: str
    """That text's key."""
    evidence: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model takes for the cause, and what to try; after the check."""

    made_by: str
    """The model's name."""
    version: str
    """Of guide and check together."""
    cause: Statement
    steps: tuple[Statement, ...]
    confidence: float
    """0 to 1, as the model states it."""
    right: int = 0
    """How many assessments by a model turned out right in this domain, of `known`, when it was made."""
    known: int = 0
    withheld: bool = False

    @property
    def key(self) -> str:
        """Return a hash that is equal as long as it says the same."""
        body = json.dumps(self.to_json(), sort_keys=True)
        return "assessed-" + hashlib.sha256(body.encode(errors="backslashreplace")).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values with `opinion_version`."""
        return {"opinion_version": OPINION_VERSION, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Opinion | None:
        """Rebuild a stored opinion; None for one of a newer program."""
        if body.get("opinion_version") != OPINION_VERSION:
            return None
        return cls(
            body["made_by"], body["version"], Statement(**body["cause"]), tuple(Statement(**s) for s in body["steps"]),
            body["confidence"], body["right"], body["known"], body["withheld"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckedOpinion:
    """What is left of an answer, None where it abstains, and how much was dropped for which reason."""

    opinion: Opinion | None
    dropped: dict[str, int]


def check(
    answer: str, places: Sequence[Place], *, tried: Sequence[str], ruled_out: Sequence[str] = (), made_by: str,
    record: TrackRecord | None = None,
) -> CheckedOpinion:  # fmt: skip
    """Return what of an assessment may be shown. Raises `UnusableAnswer`.

    `tried` is what was done here, `ruled_out` what it is said not to be, `record` what assessments by a model were worth in
    this domain.
    """
    body = parsed(answer)
    if set(body) != set(assessing.SCHEMA["properties"]):
        raise UnusableAnswer("not the object that was asked for")
    if any(_ORDER.search(place.text) for place in places):
        return CheckedOpinion(None, {"all: the ticket gives orders to a program": 1})
    enough, cause, steps, sure = (body[name] for name in assessing.SCHEMA["properties"])
    confidence = whole_number(sure)
    if not isinstance(enough, bool) or not isinstance(steps, list) or confidence is None or not 0 <= confidence <= 100:
        raise UnusableAnswer("not the values that were asked for")
    if not enough:
        return CheckedOpinion(None, {})
    desk = _Desk(places)
    found = desk.statement(cause, "cause")
    if found is not None and any(denies(one, found.text) for one in ruled_out):
        desk.dropped["cause: ruled out"] += 1
        found = None
    if found is None:
        return CheckedOpinion(None, dict(desk.dropped))
    kept = desk.steps(steps, found, tried, ruled_out)
    if confidence < FLOOR:
        desk.dropped["all: too unsure"] += 1
        return CheckedOpinion(None, dict(desk.dropped))
    version = f"{assessing.VERSION}.{CHECK_VERSION}"
    worth = record or TrackRecord()
    opinion = Opinion(
        made_by, version, found, kept, confidence / 100, worth.right, worth.known, worth.withholds
    )
    return CheckedOpinion(opinion, dict(desk.dropped))


class _Desk:
    """Where one answer is checked: its places, which identifiers they hold, what was dropped."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = {place.number: place for place in places}
        trusted = [place.text for place in places if place.role in STAFF or place.kind == EARLIER]
        self._trusted = "\n".join(trusted).lower()
        self._told = "\n".join(place.text for place in places).lower()
        self.dropped: Counter[str] = Counter()

    def steps(
        self, rows: list[Any], cause: Statement, tried: Sequence[str], ruled_out: Sequence[str]
    ) -> tuple[Statement, ...]:
        """Return the steps that stand and are new, in their order."""
        kept: list[Statement] = []
        for row in rows:
            found = self.statement(row, "step", cause)
            if found is None:
                continue
            if any(repeats(found.text, one) for one in tried):
                self.dropped["step: tried already"] += 1
            elif any(denies(one, found.text) for one in ruled_out):
                self.dropped["step: ruled out"] += 1
            elif len(kept) == MOST_STEPS or any(same_deed(found.text, one.text) for one in kept):
                self.dropped["step: repeated or too many"] += 1
            else:
                kept.append(found)
        return tuple(kept)

    def statement(self, row: Any, kind: str, cause: Statement | None = None) -> Statement | None:
        """Return a statement with its support; None, and counted, where it may not be shown. `cause`: it is a step's."""
        found = self._read(row, cause)
        if isinstance(found, Statement):
            return found
        self.dropped[f"{kind}: {found}"] += 1
        return None

    def _read(self, row: Any, cause: Statement | None) -> Statement | str:
        """Return the statement, or why it is dropped."""
        if not isinstance(row, dict) or set(row) != {"statement", "place", "quote"}:
            return "no statement"
        said, number, quote = row["statement"], whole_number(row["place"]), row["quote"]
        if not isinstance(said, str) or not isinstance(quote, str) or number not in self._places:
            return "no statement"
        text, place = " ".join(said.split()), self._places[number]
        if not text.isprintable() or not SHORTEST_QUOTE <= len(text) <= LONGEST:
            return "too long or empty"
        if sum(c.isalnum() for c in quote) < SHORTEST_QUOTE or len(quote) > LONGEST_QUOTE:
            return "quote too long or empty"
        spans = found_in(place, quote)
        if not spans:
            elsewhere = any(found_in(other, quote) for other in self._places.values())
            return "quote in another place" if elsewhere else "quote not in the ticket"
        evidence = place.text[slice(*spans[0])]
        return self._why_not(text, evidence, place, cause) or Statement(text, place.key, evidence)

    def _why_not(self, text: str, evidence: str, place: Place, cause: Statement | None) -> str:
        """Return why a statement that has its quotation is dropped all the same; empty where it is not."""
        if cause is not None and place.role not in STAFF and place.kind != EARLIER:
            return "rests on what no staff wrote"
        if _CONTACT.search(_HARMLESS.sub(lambda found: " " if found.group() in evidence else found.group(), text)):
            return "holds a link, address or number"
        if _COMMAND.search(text):
            return "holds a command line"
        if _TO_A_PROGRAM.search(text) or _TO_A_PROGRAM.search(_around(place.text, evidence)):
            return "speaks to a program"
        if any(not self._may_name(name, is_cause=cause is None) for name in _names_in(text)):
            return "names what no staff wrote"
        terms, support = set(terms_of(text)), evidence if cause is None else f"{evidence}\n{cause.text}"
        if terms & set(terms_of(support)) or len(terms & set(terms_of(_around(place.text, evidence)))) >= _AROUND:
            return ""
        return "has nothing to do with its quote"

    def _may_name(self, name: str, *, is_cause: bool) -> bool:
        """Whether the staff or an earlier ticket wrote a name; a code in a cause may be the customer's."""
        return _stands_in(name, self._told if is_cause and is_code(name) and not is_name(name) else self._trusted)


def _stands_in(name: str, texts: str) -> bool:
    """Whether a name was written, whatever stands around it."""
    return re.search(rf"(?<![^\W_]){re.escape(name.lower())}(?![^\W_])", texts) is not None


def _names_in(text: str) -> set[str]:
    """Return what names one thing: codes, hosts, paths, commands; not a word that has a hyphen."""
    return {term for term in terms_of(text) if is_code(term) or (is_name(term) and not _is_word(term, text))}


def _is_word(term: str, text: str) -> bool:
    """Whether a term of several parts is an ordinary word: letters and hyphens, and no part in capitals."""
    written = re.search(re.escape(term), text, re.IGNORECASE)
    return bool(written and _HYPHENED.fullmatch(written.group()) and not _CMDLET.fullmatch(written.group()))


def _around(text: str, evidence: str) -> str:
    """Return the paragraph that a quotation stands in: an order need not be quoted to be behind it."""
    at = text.find(evidence)
    start, end = text.rfind("\n\n", 0, at), text.find("\n\n", at + len(evidence))
    return text[max(start, 0) : end if end >= 0 else len(text)]
