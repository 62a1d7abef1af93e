"""Tell what lists, forms and tables say was done from what they say was not.

A box, a mark, a word beside a deed or a heading above it says whether it was done; what was not is cut out.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from escalation.text.asked import BESIDE, answered, asked_for
from escalation.text.chats import Turn, stamped
from escalation.text.places import Row
from escalation.text.reports import BULLETED, BY_HAND, paragraphs, reports
from escalation.text.sections import sections
from escalation.wording import deeds, outcomes

_BULLET = r"\s{0,9}(?:[-*•+–]\s+|\d{1,3}[.)]\s+)?"
_BOX = re.compile(
    rf"(?P<lead>{_BULLET})(?:(?P<done>[☑✅✔✓🗹☒]|:(?:white_check_mark|heavy_check_mark|ballot_box_with_check|check(?:_mark)?):|\[(?:x|✓|✔|☑|done|ok|yes)\]|\((?:x|✓|✔|☑)\))|(?P<not>[☐⬜◻□▢🔲🔳◽❌✗✘✖❎🗷]|:(?:x|white_large_square|white_medium_square|black_square_button|negative_squared_cross_mark|no_entry(?:_sign)?):|\[\s?\]|\(\s\)|\[(?:todo|to do|open|no|-|pending|skip(?:ped)?|n/a|[~/<>?])\]))\s{{0,9}}[:\-–]?\s{{0,9}}(?=\S)",
    re.IGNORECASE,
)
_CROSS = frozenset(("❌", "✗", "✘", "✖", "❎", ":x:", ":negative_squared_cross_mark:"))
_ASKED = r"(?:enter|insert|list|describe|type|fill in|add|your|paste|put|select|choose|specify|provide|yes/no|y/n)\b"
_BLANK = rf"y(?:es)?\s?[/|]\s?no?(?:\s?[/|]\s?n/?a)?|\{{\{{[^{{}}\n]{{0,60}}\}}\}}|\{{%[^%\n]{{0,60}}%\}}|%[a-z_.]{{2,40}}%|<\s?{_ASKED}[^<>\n]{{0,80}}>|\[\s?{_ASKED}[^\[\]\n]{{0,80}}\]|_{{3,}}|\.{{4,}}"
"""What a form holds where nobody filled it in."""
_HINT = re.compile(
    rf"^\s{{0,9}}(?:sms|mms|text message|whatsapp(?: message)?)\s(?:received\s)?from\s[^:\n]{{4,60}}:\s|^\s{{0,9}}(?:voice ?mail |message )?transcri(?:pt|ption)\s?:\s|\[\s?{_ASKED}\s[^\[\]\n]{{2,80}}\]|<\s?{_ASKED}\s[^<>\n]{{2,80}}>|\{{\{{[^{{}}\n]{{1,60}}\}}\}}|\{{%[^%\n]{{1,60}}%\}}|(?<=[?:])\s{{0,3}}\((?:e\.g\.|eg[.,]|for example|such as|ex[.:]|examples?:)[^()\n]{{2,200}}\)",
    re.IGNORECASE,
)
"""What a form asks for or gives as an example, in the place of an answer."""
_UNFILLED = re.compile(rf"\s{{0,9}}[^:?\n]{{1,80}}(?:[:?]\s{{0,3}}(?:{_BLANK})|\(y/n\)\s{{0,3}}[:?]?)\s{{0,9}}$", re.IGNORECASE)
_NOT_WORD = (
    r"no|n|n/?a|not\b.{0,12}\b(?:done|completed?|started|tried|tested|attempted|performed|applicable|needed|required|checked)(?: yet)?|not yet|skipped|pending|to-?\s?do|open|outstanding|tbd|tba|none|incomplete|deferred|on hold|"
    r"nein|non|nee|nej|nei|não|nie|offen|nicht (?:erledigt|gemacht|durchgeführt)|pas (?:fait|encore)|niet gedaan|no hecho|non fatto|não feito|ikke (?:gjort|udført|utført)|inte gjort|❌|✗|✘|✖|☐|\[\s?\]|-{1,2}|–|—"
)
_DONE_WORD = r"yes|y|done|completed?|performed|finished|x|✓|✔|✅|☑|\[x\]|ja|oui|sí|si|sì|sim|tak|erledigt|gemacht|fait|gedaan|hecho|fatto|feito|gjort|udført|utført"
_AFTER = re.compile(
    rf"\s{{0,9}}(?:[:=?]|\s[-–—]|\(|→|->)\s{{0,9}}(?:(?P<not>{_NOT_WORD}|{_BLANK})|(?P<done>{_DONE_WORD}))\s{{0,9}}\)?[.!]?\s{{0,9}}$",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s{1,9}(?:(?P<done>[☑✅✔✓🗹]|:white_check_mark:|:heavy_check_mark:)|(?P<not>[☐⬜◻□🔲]|\[\s?\]|:white_large_square:))\s{0,9}$", re.IGNORECASE)
"""A box behind a deed; a cross there as often says that it did not help."""
_NOT_DONE = re.compile(
    r"\s(?:was |were )?not (?:yet )?(?:done|completed|performed)(?: yet)?[.!]?\s{0,9}$", re.IGNORECASE
)
_BEFORE = re.compile(
    rf"(?P<lead>{_BULLET})(?:(?P<not>not (?:yet )?(?:done|tried)|to-?\s?do|skipped|pending|n/a|no?|outstanding)|(?P<done>done|completed?|passed|pass|y(?:es)?))\s?[:\-–]\s+(?=\S)",
    re.IGNORECASE,
)
_STEP_COLUMN = re.compile(
    r"\W{0,9}(?:(?:troubleshooting |diagnostic |test )?(?:steps?|tasks?|actions?|checks?|tests?|items?|activit(?:y|ies)|work)(?: (?:taken|performed|done|tried))?|what(?: was| we| i)? (?:done|tried|did)|tried|schritte?|aufgaben?|ma(?:ß|ss)nahmen?|tätigkeit|étapes?|actions?|tâches?|stappen?|stap|taken?|acties?|actie|pasos?|tareas?|acción|passi|azione|attività|etapas?|passos?|tarefas?|trin|opgave|steg|åtgärd|oppgave|tiltak|krok|zadanie)\W{0,9}",
    re.IGNORECASE,
)
_RESULT_COLUMN = re.compile(
    r"\W{0,9}(?:results?|outcomes?|status|done|completed?|finished|ok|state|findings?|ergebnis|erledigt|résultat|fait|statut|resultaat|gedaan|resultado|hecho|estado|risultato|fatto|stato|feito|resultat|udført|status|klart|gjort|utført|wynik|zrobione)\W{0,9}",
    re.IGNORECASE,
)
_WORK_COLUMN = re.compile(r"\W{0,9}(?:(?:work|internal|time|entry) )?(?:notes?|descriptions?|comments?|details?|summary|entry|entries|work(?: done| performed)?|activity|actions?(?: taken)?|steps?|what (?:i|we) did)\W{0,9}", re.IGNORECASE)
_LOGGED_COLUMN = re.compile(r"\W{0,9}(?:hrs?\.?|hours?|duration|time spent|tech(?:nician)?s?|engineer|member|resource|by|who|author)(?: \(.{1,9}\))?\W{0,9}", re.IGNORECASE)
"""Columns of a list of time entries: what was done, and by whom or how long."""
_PARTED = re.compile(r"[,;:–-]\s")
_NOT_CELL = re.compile(rf"\s{{0,9}}(?:{_NOT_WORD}|{_BLANK})?\s{{0,9}}\.?", re.IGNORECASE)
_DONE_CELL = re.compile(rf"\s{{0,9}}(?:{_DONE_WORD})\s{{0,9}}\.?", re.IGNORECASE)
_COLUMN = re.compile(r"\S+(?:\s\S+)*")
_COLUMN_RULE = re.compile(r"\s{0,9}-{3,}(?:\s{2,}-{3,})+\s{0,9}$")
_TABLE_RULE = re.compile(r"[\s|:=+\u2500-\u257f-]{3,}$")


@dataclass(slots=True)
class Forms:
    """What forms say of rows: parts that are no words of anybody, rows that were not done, items that were, rows of reports."""

    masked: list[tuple[int, int]] = field(default_factory=list)
    undone: dict[int, int] = field(default_factory=dict)
    """Rows that say that they were not done: where each begins and ends."""
    ticked: set[int] = field(default_factory=set)
    """Beginnings of rows that say that they were done."""
    items: set[int] = field(default_factory=set)
    """Beginnings of rows that are items whatever they look like."""
    reported: set[int] = field(default_factory=set)
    """Beginnings of rows that a program wrote."""
    spoken: set[int] = field(default_factory=set)
    """Beginnings of rows that somebody says in a chat, though a time and a name stand before them as in a log."""
    answered: list[tuple[int, int]] = field(default_factory=list)
    """Questions with the answer that they were done, which may be quoted."""
    planned: dict[int, int] = field(default_factory=dict)
    """Rows that a heading above them says are only planned or proposed."""


def forms(rows: Sequence[Row], chat: Sequence[Turn] = ()) -> Forms:
    """Return what lists, forms, tables and reports say of the rows. `chat` is what was said in one that was copied."""
    found = Forms()
    _tables(rows, found)
    for turn in chat:
        found.spoken |= {row.start for row in rows[turn.row : turn.stop]}
    for one in answered(rows):
        if one.done:
            found.masked += [(one.row, one.asks[0]), (one.asks[1], one.answer[0])]
            found.ticked.add(one.row)
            found.items.add(one.row)
            found.answered.append((one.row, one.answer[1]))
        else:
            found.undone[one.row] = one.answer[1]
    _verdicts(rows, found)
    crossed = any("☑" in row.text or "✅" in row.text for row in rows)
    for at, row in enumerate(rows):
        if _unanswered(rows, at):
            found.undone[row.start] = row.end
        elif not row.blank and row.start not in found.items and row.start not in found.reported and len(row.text) <= 600:
            if name := asked_for(row):
                found.masked.append((row.start, row.start + name))
                found.spoken.add(row.start)
            elif (stamp := stamped(row.text)) and deeds.begins_with_deed(row.text[stamp:]):
                found.masked.append((row.start, row.start + stamp))
                found.spoken.add(row.start)
            else:
                _marked(row, found, crossed=crossed)
            found.masked += [(row.start + hint.start(), row.start + hint.end()) for hint in _HINT.finditer(row.text)]
    for start, end, kind in sections(rows):
        if kind == "ran":
            found.reported.add(start)
        elif start not in found.ticked and start not in found.undone:
            (found.undone if kind == "not" else found.planned)[start] = end
    _of_one_step(rows, found)
    masked, written = reports(rows, found.ticked | found.spoken | found.undone.keys())
    found.masked += masked
    found.reported |= written
    return found


_ACTION = re.compile(r"\s{0,9}actions?(?: taken| performed)?\s?[:=]\s{1,3}(?=\S)", re.IGNORECASE)
"""Who says so depends on the fields beside it: a problem is named by somebody, a threat by a program."""


def _of_one_step(rows: Sequence[Row], found: Forms) -> None:
    """Take what stands in a form beside a deed, what came of it, for words of whoever filled it in."""
    for block in paragraphs(rows):
        by_hand = any(BY_HAND.search(row.text[:20]) for row in block)
        for row in block if by_hand else ():
            if (action := _ACTION.match(row.text[:40])) and deeds.begins_with_deed(row.text[action.end() :]):
                found.masked.append((row.start, row.start + action.end()))
                found.spoken.add(row.start)
        if any(row.start in found.spoken and (asked_for(row) or _ACTION.match(row.text[:40])) for row in block):
            for row in block:
                if result := BESIDE.match(row.text[:40]):
                    found.masked.append((row.start, row.start + result.end()))
                    found.spoken.add(row.start)


_VERDICT = re.compile(
    rf"{_BULLET}\[(?P<pad>\s{{0,2}})(?:(?P<done>pass(?:ed)?|ok)|(?P<other>fail(?:ed)?|skip(?:ped)?|warn(?:ing)?)|(?P<level>error|info))\s{{0,2}}\]\s{{0,9}}[:\-–]?\s{{0,9}}(?=\S)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\b\d{1,5} (?:tests? |checks? )?(?:passed|failed|skipped)(?=\s{0,3}(?:[,.;:()|/=]|$|(?:in|and) \d))|\b(?:passed|failed|skipped)\s?:\s?\d", re.IGNORECASE)


def _verdicts(rows: Sequence[Row], found: Forms) -> None:
    """Read lists of checks with their verdicts: `[PASS]` before a deed is a tick; rows of a program, which name what they check, are a report."""
    blocks = list(paragraphs(rows))
    for at, block in enumerate(blocks):
        marks = [(row, mark) for row in block if (mark := _VERDICT.match(row.text[:60]))]
        theirs = any(mark["level"] or len(mark["pad"]) > 1 or not deeds.starts_with_deed(row.text[mark.end() :]) for row, mark in marks)
        near = (*(blocks[at - 1][-1:] if at else ()), *block, *(blocks[at + 1][:1] if at + 1 < len(blocks) else ()))
        if theirs or (marks and any(_COUNTED.search(row.text[:200]) for row in near)):
            found.reported |= {row.start for row, _ in marks} if len(marks) > 1 else set()
            continue
        for row, mark in marks:
            if mark["done"]:
                found.masked.append((row.start, row.start + mark.end()))
                found.ticked.add(row.start)
                found.items.add(row.start)


_NAME = re.compile(r"\W{0,9}[A-Z][^:\n]{2,60}:\**(?:\s|$)")


def _unanswered(rows: Sequence[Row], at: int) -> bool:
    """Whether a form has a deed for a name and nothing behind it: "Verified with user:" above a blank row or the next name."""
    text = rows[at].text.strip(" \t*")
    if not text.endswith(":") or len(text) > 64 or not deeds.starts_with_deed(text):
        return False
    named = any(_NAME.match(row.text[:80]) for row in rows[max(0, at - 2) : at])
    below = rows[at + 1] if at + 1 < len(rows) else None
    return below is None or (below.blank and named and not (at + 2 < len(rows) and BULLETED.match(rows[at + 2].text))) or (named and _NAME.match(below.text[:80]) is not None)


def _marked(row: Row, found: Forms, *, crossed: bool) -> None:
    text = row.text
    end = row.end
    if _UNFILLED.match(text[:200]):
        found.undone[row.start] = row.end
        return
    mark = _BOX.match(text)
    if mark:
        told = text[mark.end() :]
        done = bool(mark["done"]) and not (crossed and mark["done"] == "☒")
        if (
            mark["not"] in _CROSS
            and (parted := _PARTED.search(told))
            and outcomes.states_result(told[parted.end() :])
        ):
            done = True
    else:
        mark = _BEFORE.match(text)
        if mark and not deeds.starts_with_deed(text[mark.end() :]):
            mark = None
        done = bool(mark and mark["done"])
    told = text[mark.end() if mark else len(re.match(_BULLET, text).group()) :]  # type: ignore[union-attr]
    if after := _AFTER.search(told[-60:]) or _TAIL.search(told[-60:]):
        begin = len(text) - len(told[-60:]) + after.start()
        if (mark and mark.re is _BOX) or deeds.starts_with_deed(told):
            end = row.start + begin
            done = bool(after["done"]) and (mark is None or done)
        else:
            after = None
    elif mark is None and _NOT_DONE.search(text[-40:]) and deeds.starts_with_deed(told):
        found.undone[row.start] = row.end
        return
    if mark is None and after is None:
        return
    if not done:
        found.undone[row.start] = row.end
        return
    begin = mark.end() if mark else 0
    found.masked += [(row.start, row.start + begin), (end, row.end)]
    found.ticked.add(row.start)
    found.items.add(row.start)


def _tables(rows: Sequence[Row], found: Forms) -> None:
    """Read tables of steps and results: a row is a deed with its result, or one that was not done."""
    at = 0
    while at < len(rows):
        text = rows[at].text
        below = rows[at + 1].text if at + 1 < len(rows) else ""
        signs = ("|", "│", "┃", "\t", *(["  "] if _COLUMN_RULE.match(below) else []), *_separators(rows[at]))
        between = None if len(text) > 300 else next((sign for sign in signs if sign in text), None)
        if between is None:
            at += 1
            continue
        head = _cells(rows[at], between)
        steps = [i for i, (_, _, cell) in enumerate(head) if _STEP_COLUMN.fullmatch(cell)]
        results = [
            i for i, (_, _, cell) in enumerate(head) if _RESULT_COLUMN.fullmatch(cell) and i not in steps[:1]
        ]
        stop = at + 1
        while stop < len(rows) and not rows[stop].blank and (between in rows[stop].text or _TABLE_RULE.match(rows[stop].text)):
            stop += 1
        body = [row for row in rows[at + 1 : stop] if not _TABLE_RULE.match(row.text)]
        if steps and results and any(_deed_in(row, between, steps[0]) for row in body):
            found.masked += [(row.start, row.end) for row in rows[at:stop] if row not in body]
            for row in body:
                _row_of_table(row, between, steps[0], results, found)
        elif (done := _logged(head)) is not None and any(_deed_in(row, between, done) for row in body):
            found.masked += [(row.start, row.end) for row in rows[at:stop] if row not in body]
            for row in body:
                cells = _cells(row, between)
                begin, end, _ = cells[done] if done < len(cells) else (row.end, row.end, "")
                end = cells[-1][1] if done == len(head) - 1 else end
                found.masked += [(row.start, begin), (end, row.end)]
                found.items.add(row.start)
        elif between == "  ":
            found.reported |= {row.start for row in rows[at:stop]}
        at = stop


def _logged(head: Sequence[tuple[int, int, str]]) -> int | None:
    """Return which column of a list of time entries tells what was done; None where it is no such list."""
    logged = any(_LOGGED_COLUMN.fullmatch(cell) for _, _, cell in head)
    return next((i for i, (_, _, cell) in enumerate(head) if logged and _WORK_COLUMN.fullmatch(cell)), None)


def _separators(row: Row) -> Iterator[str]:
    """Yield what parts the names of columns in a row, where a table stands as a spreadsheet stores it."""
    for sign in (",", ";"):
        if row.text.count(sign) >= 2 and len(row.text) < 160:
            names = [cell for _, _, cell in _cells(row, sign)]
            told = any(_STEP_COLUMN.fullmatch(n) for n in names) and any(_RESULT_COLUMN.fullmatch(n) for n in names)
            if all(0 < len(name) <= 24 for name in names) and (told or _logged([(0, 0, name) for name in names]) is not None):
                yield sign


def _cells(row: Row, between: str) -> list[tuple[int, int, str]]:
    """Return the cells of a row with their offsets; bars at its ends are none."""
    start, text = row.start, row.text
    if between == "  ":
        return [(start + cell.start(), start + cell.end(), cell.group()) for cell in _COLUMN.finditer(text)]
    if between != "\t":
        lead = len(text) - len(text.lstrip(f" {between}")) if text.lstrip()[:1] == between else 0
        start, text = start + lead, text[lead:].rstrip().removesuffix(between)
    found = []
    for cell in text.split(between):
        found.append((start, start + len(cell), cell.strip()))
        start += len(cell) + 1
    return found


def _deed_in(row: Row, between: str, column: int) -> bool:
    cells = _cells(row, between)
    return len(cells) > column and deeds.starts_with_deed(cells[column][2].lstrip('"'))


def _row_of_table(row: Row, between: str, step: int, results: Sequence[int], found: Forms) -> None:
    cells = _cells(row, between)
    said = [cells[i] for i in results if i < len(cells)]
    if len(cells) <= step or all(_NOT_CELL.fullmatch(cell) for _, _, cell in said):
        found.undone[row.start] = row.end
        return
    found.items.add(row.start)
    found.ticked.add(row.start)
    found.masked.append((row.start, cells[step][0]))
    found.masked += [(begin, end) for begin, end, cell in said if _DONE_CELL.fullmatch(cell) or not cell]
    told = [end for begin, end, cell in cells[step:] if cell and not (_DONE_CELL.fullmatch(cell))]
    found.masked.append((max(told), row.end))
