"""Put a text where it would stand in a ticket: in a sentence, a table, quoted mail, HTML, a code fence, a long paste."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Callable

from tests.hostile.secrets.slots import Filled

Place = Callable[[Filled, random.Random], str]
_LOG = """interface GigabitEthernet1/0/7
 description Printer 2nd floor
 switchport access vlan 20
 spanning-tree portfast
2026-03-12 10:21:07 fw01 ike: tunnel HQ is down
2026-03-12 10:21:09 fw01 ike: negotiation with 198.51.100.7 timed out
Event 4625 on SRV-DC01, 312 times since 14:05
Reply from 10.0.0.5: bytes=32 time<1ms TTL=128
Rebooted the access switch, no change.
ip route 0.0.0.0 0.0.0.0 10.0.0.1""".splitlines()


def _sentence(filled: Filled, _: random.Random) -> str:
    return f"Called the user back at 10:15. {filled.text}. Same error afterwards."


def _in_between(filled: Filled, _: random.Random) -> str:
    """Return a structured text between words of a technician, on lines of its own if it has several."""
    gap = "\n" if "\n" in filled.text else " "
    return f"Looked at it with Tom:{gap}{filled.text}{gap}and it still drops."


def _table(filled: Filled, _: random.Random) -> str:
    if "\n" in filled.text or "|" in filled.text:
        return filled.text
    return f"| # | Finding | By |\n|---|---|---|\n| 1 | {filled.text} | Tom |\n| 2 | Rebooted | Tom |"


def _quoted(filled: Filled, _: random.Random) -> str:
    lines = "\n".join(f"> {line}" for line in filled.text.split("\n"))
    return f"Thanks.\n\nOn Mon, 2 Mar 2026 at 09:14, Dana Roe wrote:\n> Hello,\n{lines}\n> Regards"


def _after_line_end(filled: Filled, _: random.Random) -> str:
    body = filled.text.replace("\n", "\r\n")
    return f"Here it is:\r\n{body}\r\nThanks"


def _wrapped(filled: Filled, draw: random.Random) -> str:
    """Return the text with the line broken before the secret, as mail programs do, quoted every other time."""
    if not filled.secrets:
        return filled.text
    at = filled.text.find(filled.secrets[0])
    before = filled.text[:at]
    if not before.endswith(" ") or "|" in before:
        return filled.text
    return before[:-1] + draw.choice(("\n", "\n> ", "\r\n", "=\n"[1:])) + filled.text[at:]


def _html(filled: Filled, _: random.Random) -> str:
    lines = html.escape(filled.text).replace("\n", "<br>\n")
    return f'<div class="x"><p>Hello,</p><p><span style="color:#333">{lines}</span></p><p>Regards</p></div>'


def _html_bold(filled: Filled, _: random.Random) -> str:
    text = html.escape(filled.text, quote=False)
    for secret in filled.secrets:
        shown = html.escape(secret, quote=False)
        text = text.replace(shown, f"<b>{shown}</b>", 1)
    return "<p>" + text.replace("\n", "</p><p>") + "</p>"


def _html_cells(filled: Filled, _: random.Random) -> str:
    """Return each line as a row of a table, cut into cells at a colon or bar."""
    rows = []
    for line in filled.text.split("\n"):
        label, colon, value = line.partition(": ")
        cells = [label, value] if colon else line.strip("|").split("|")
        rows.append("<tr>" + "".join(f"<td>{html.escape(cell.strip())}</td>" for cell in cells) + "</tr>")
    return "<table>" + "".join(rows) + "</table>"


def _fence(filled: Filled, _: random.Random) -> str:
    return f"Output:\n```\n{filled.text}\n```\nNo change."


def _paste(filled: Filled, draw: random.Random) -> str:
    before, after = draw.choices(_LOG, k=25), draw.choices(_LOG, k=15)
    return "\n".join([*before, filled.text, *after])


def _json(filled: Filled, _: random.Random) -> str:
    return json.dumps({"id": 7, "text": f"Log:\n{filled.text}\nend"}, ensure_ascii=False)


STRUCTURED: dict[str, Place] = {
    "bare": lambda filled, _: filled.text,
    "in a sentence": _in_between,
    "in a table": _table,
    "in quoted mail": _quoted,
    "after a line end": _after_line_end,
    "in HTML": _html,
    "in bold": _html_bold,
    "in a code fence": _fence,
    "in a long paste": _paste,
    "in JSON": _json,
}
PROSE: dict[str, Place] = {
    **STRUCTURED,
    "in a sentence": _sentence,
    "over a line end": _wrapped,
    "in table cells": _html_cells,
}
