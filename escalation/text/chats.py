"""Tell who speaks in a chat that was copied into a ticket: a name, mostly with a time, before each message or on a line of its own.

Whose the names are is known as in `whose`. What a visitor or one of the customer's people says in a program's chat is theirs; of the
others the words are read, without the name and the time before them. In a chat with bare names all is read, by who says it.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from escalation.text.places import Row
from escalation.text.whose import GUEST, NAME, NOBODY, People, role_of
from escalation.wording import mail_words as words
from escalation.wording.deeds import starts_with_deed

_CLOCK = r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[ap]\.?m\.?)?"
_DAY = r"(?:(?:\d{1,4}[-./]\d{1,2}[-./]\d{2,4}|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|today|yesterday)(?:,|\sat)?\s)?"
_SINCE = r"\(\s?(?:\d{1,2}h\s)?(?:\d{1,2}m\s)?\d{1,2}s\s?\)"
"""How long the chat has gone on, as transcripts of web chats have it in place of a time."""
_NAME = r"[^\W\d_][\w .'’-]{1,40}?(?:,\s[^\W\d_][\w.'’-]{1,30})?"
_TURN = re.compile(
    rf"\s{{0,9}}(?:(?P<before>[\[(]?{_DAY}{_CLOCK}[\])]?|{_SINCE})\s{{0,3}}[-–|]?\s{{0,3}})?(?P<who>{_NAME}(?:\s\([^()\d\n]{{1,30}}\))?)"
    rf"\s{{0,3}}(?P<after>[\[(]{_DAY}{_CLOCK}[\])])?\s{{0,3}}:\s+(?=\S)",
    re.IGNORECASE,
)
"""A message with its name and time before it."""
_ALONE = r"(?P<who>(?-i:[A-ZÀ-Þ])[\w.'’-]{0,30}(?:,?\s(?-i:[A-ZÀ-Þ\d])[\w.'’-]{0,30}){0,3}(?:\s\([^()\n]{1,30}\))?)"
_WHEN = rf"[\[(]?{_DAY}{_CLOCK}(?:\s[A-Z]{{2,4}})?[\])]?"
_HEADS = (
    re.compile(rf"[\s=*–—-]{{0,9}}(?:(?:(?:internal|public) )?(?:note|time entry|comment|reply|update|e-?mail)\s[-–]\s)?{_ALONE}[,\s–-]{{1,5}}{_WHEN}(?:\s[-–]\s[\d.]{{1,6}}\s?(?:h|hrs?|hours?|min\w{{0,4}}))?[\s=*–—-]{{0,9}}$", re.IGNORECASE),
    re.compile(rf"\s{{0,9}}{_CLOCK}\s{{1,3}}from\s{{1,3}}{_ALONE}\s{{1,3}}to\s[^:\n]{{1,60}}:\s{{0,9}}$", re.IGNORECASE),
    re.compile(rf"\s{{0,9}}(?=[\[(]|\d{{1,4}}[-./]\d){_WHEN}\s{{0,3}}[-–|]?\s{{1,3}}{_ALONE}\s{{0,9}}$", re.IGNORECASE),
)
"""A name and a time alone on a line, or on two, above what was said."""
_TIME = re.compile(rf"\s{{0,9}}(?::\w{{1,30}}:\s{{1,3}})?{_WHEN}\s{{0,9}}$", re.IGNORECASE)
_NAMED = re.compile(rf"\s{{0,9}}{_ALONE}\s{{0,9}}$")
_OF_PROGRAMS = re.compile(rf"[\[(](?!{_CLOCK}[\])])")
"""A day beside the time in brackets, as chat programs copy it."""
_DIGIT = re.compile(r"\d")
_BULLET = re.compile(r"^[-*•>](?=\s)")
_VISITOR = re.compile(rf"(?:{words.VISITOR})\b", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:issues?|problems?|symptoms?|steps?|actions?|results?|outcomes?|updates?|notes?|summary|resolutions?|solutions?|causes?|next|status|tests?|tried|done|checks?|findings?|impact|details?|errors?|subject|date|time|"
    r"from|to|cc|re|fwd?|edit|ps|todo|plan|comments?|descriptions?|background|history|workaround|question|answer|q|a|diagnosis|environment|device|name|phone|email|location|site|step|day|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"firewall|switch|router|modem|server|printer|pc|laptop|desktop|dock|phone|tablet|monitor|camera|scanner|outlook|teams|windows|wi-?fi|vpn|internet|network|exchange|onedrive|sharepoint|backup|nas|host|vm|ap|isp|"
    r"today|yesterday|morning|afternoon|first|second|third|then|finally|also|work|task|ticket|case|reason|request|conclusion|analysis|troubleshooting|fix|verified|attempt(?:ed)?)\b",
    re.IGNORECASE,
)
"""What stands before a colon in notes and is nobody: labels, and what a log is kept of."""
_I = re.compile(r"\b(?:i|i['’](?:m|ve|d|ll)|we|we['’](?:re|ve|d|ll)|my|me|our)\b", re.IGNORECASE)

_ENTERED = r"(?:(?:internal|public|private|discussion|resolution|work|external)\s)?(?:note|comment|time entry|update|reply|work ?log)\s(?:was\s)?(?:added|entered|posted|created|left|written)\sby\s"
"""What an export of a ticket's history writes before the name."""
_STAMP = re.compile(
    rf"\s{{0,9}}[\[(]?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}\s)?\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{2,4}}[,/\s]{{1,3}}{_CLOCK}(?:\s?(?:-|–|to)\s?{_CLOCK})?(?:\s(?-i:(?!AM\b|PM\b)[A-Z]{{2,4}}(?:[+-]\d{{1,2}})?))?[\])]?\s?[-–|/]?\s?(?:{_ENTERED})?"
    rf"(?-i:[A-ZÀ-Þ])[\w.'’-]{{0,30}}(?:,?\s(?-i:[A-ZÀ-Þ])[\w.'’-]{{0,30}}){{0,3}}(?:\s\([^()\n]{{1,30}}\))?\s?[-–:]{{1,2}}\s{{1,3}}(?=\S)",
    re.IGNORECASE,
)


def stamped(text: str) -> int:
    """Return how long the day, the time and the name are that a ticket system writes before an entry; 0 where none stand there."""
    found = _STAMP.match(text[:160])
    return found.end() if found else 0


class Turn(NamedTuple):
    """What one of them says: its rows, from where to where it stands, and on which side they are."""

    row: int
    stop: int
    start: int
    begin: int
    """Where the words begin, behind the name and the time."""
    end: int
    role: str | None
    """None where nothing tells it: then whoever wrote the note is taken for them."""
    copied: bool
    """Whether a program wrote name and time, which are nobody's words then."""

    @property
    def theirs(self) -> bool:
        """Whether it is cut out as what a visitor or one of the customer's people said elsewhere."""
        return self.copied and self.role == "customer"


_Said = tuple[int, int, str]
"""From which row on somebody speaks, how many characters behind its beginning the words begin, and who."""


def turns(rows: Sequence[Row], people: People = NOBODY) -> list[Turn]:
    """Return the messages of a chat, each with a time or with bare names; none where it is no chat. `people` the ticket knows."""
    before, lined = _before_words(rows), _on_lines(rows)
    timed = [(row, begin, who) for row, begin, who, time in before if time]
    if not any(_visits(who, people) or _OF_PROGRAMS.search(time) for _, _, who, time in before if time):
        timed = []  # "10:02 Firewall: rebooted" is how people keep a log
    copied = next((said for said in (timed, lined) if len({who.lower() for _, _, who in said}) >= 2), None)
    said = copied or max([(row, begin, who) for row, begin, who, _ in before], lined, key=len)
    placed = list(_placed(rows, said))
    first = {who.lower() for (_, begin, who), (row, stop) in zip(said, placed, strict=True) if _I.search(_words(rows, row, stop)[begin:])}
    names = {who for _, _, who in said}
    # Who talks with a visitor of ours and is no visitor is one of us.
    visited = copied is not None and any(_VISITOR.match(who) or GUEST.fullmatch(who.lower()) for who in names)
    roles = {who: _side(who, people, visitors=copied is not None, stranger=who.lower() in first and not visited) for who in names}
    speak = {who.lower() for who, role in roles.items() if role}
    known = any(role_of(who, people) for who in roles)
    chat = copied or (len(speak) >= 2 and len(first & speak) >= (1 if known else 2))
    if not chat:  # one who is quoted among the writer's own lines has that line and no more
        placed = [(row, row + 1) for row, _ in placed]
    return [
        Turn(row, stop, rows[row].start, rows[row].start + begin, rows[stop - 1].end, roles[who], copied is not None)
        for (_, begin, who), (row, stop) in zip(said, placed, strict=True)
        if chat or (roles[who] not in (None, "unknown") and _I.search(rows[row].text[begin:]))
    ]


def _side(who: str, people: People, *, visitors: bool, stranger: bool) -> str | None:
    """Return on which side somebody is who speaks; None for what may be no name, and for a name that nobody here bears but in a talk."""
    if visitors and _VISITOR.match(who):
        return "customer"
    return role_of(who, people) or ("unknown" if stranger and NAME.fullmatch(who) and not _LABEL.search(who) else None)


def _visits(who: str, people: People) -> bool:
    """Whether a name is a visitor's, as chat programs write them, or one of the customer's people."""
    return _VISITOR.match(who) is not None or (role_of(who, people) == "customer" and not _LABEL.fullmatch(who))


def _before_words(rows: Sequence[Row]) -> list[tuple[int, int, str, str]]:
    """Return the rows that begin with what may be a name and a colon: where the words begin, the name, and the time if there is one."""
    found = ((i, _TURN.match(_BULLET.sub(" ", row.text[:140]))) for i, row in enumerate(rows) if ":" in row.text[:100])
    return [(i, turn.end(), turn["who"], turn["before"] or turn["after"] or "") for i, turn in found if turn]


def _on_lines(rows: Sequence[Row]) -> list[_Said]:
    found = []
    for i, row in enumerate(rows):
        if not (4 <= len(row.text) <= 120 and _DIGIT.search(row.text)):
            continue
        above = rows[i - 1].text[:120] if i else ""
        if head := next(filter(None, (form.match(row.text) for form in _HEADS)), None):
            found.append((i, len(row.text), head["who"]))
        elif _TIME.match(row.text) and (head := _NAMED.match(above)):
            found.append((i - 1, row.end - rows[i - 1].start, head["who"]))
    return [one for one in found if not starts_with_deed(one[2])]


def _placed(rows: Sequence[Row], said: Sequence[_Said]) -> Iterator[tuple[int, int]]:
    """Return from which row up to which each speaks: to the next who does, or a blank row."""
    for place, (row, begin, _) in enumerate(said):
        stop = said[place + 1][0] if place + 1 < len(said) else len(rows)
        first = next((i for i in range(row, stop) if rows[i].end > rows[row].start + begin), stop)
        yield row, next((i for i in range(first + 1, stop) if rows[i].blank), stop)


def _words(rows: Sequence[Row], row: int, stop: int) -> str:
    return "\n".join(one.text for one in rows[row:stop])
