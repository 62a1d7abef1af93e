"""Our notes are known again however a server keeps their signs, and a person's edit is seen all the same.

The kind: whatever stands between a text that is written and the same text read back, and changes no letter of it.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable

import pytest

from escalation.brief.marker import carries, reads_as

MARKER = "RF-7K3M9PQX"
BRIEF = (
    "**Handoff brief** \u00b7 episode 1\n\n**Problem** \u201cVPN drops after 8 hours\u201d & R&D can\u2019t log in <again>\n\n"
    "- Rebooted the firewall \u2192 dropped again? \U0001f914\n- Path `C:\\Temp\\[old]` kept; 5 < 6 * 2\n\n[ref: RF-7K3M9PQX]"
)
KEPT: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "other line ends": lambda text: text.replace("\n", "\r\n"),
    "line ends as spaces": lambda text: text.replace("\n", " "),
    "line ends as tags": lambda text: text.replace("\n", "<br />\n"),
    "paragraphs": lambda text: "".join(f"<p class='n'>{line}</p>" for line in text.split("\n")),
    "empty lines left out": lambda text: re.sub(r"\n+", "\n", text),
    "entities": lambda text: html.escape(text),
    "entities twice": lambda text: html.escape(html.escape(text)),
    "brackets as entities": lambda text: text.replace("[", "&#91;").replace("]", "&#93;"),
    "escapes": lambda text: re.sub(r"([\[\]*_`<>])", r"\\\1", text),
    "no such letters": lambda text: text.encode("ascii", "replace").decode(),
    "two for each beyond": lambda text: re.sub("[^\x00-\x7f]", lambda m: "?" * (1 + (m[0] > "\uffff")), text),
    "blanks at the ends": lambda text: "\n".join(f" {line}\u00a0" for line in text.split("\n")),
}


@pytest.mark.parametrize("first", ["as it is", "other line ends", "empty lines left out", "entities"])
@pytest.mark.parametrize("then", KEPT)
def test_it_is_known_again(first: str, then: str) -> None:
    found = KEPT[first](KEPT[then](BRIEF))
    assert reads_as(found, BRIEF) or (first, then) == ("entities", "entities twice"), "thrice is nobody's"
    assert carries(found, MARKER) or (first, then) == ("entities", "entities twice")
    assert not carries(found, "RF-7K3M9PQY")


EDITS: list[Callable[[str], str]] = [
    lambda text: text.replace("8 hours", "9 hours"),
    lambda text: text.replace("- Rebooted", "- [x] Rebooted"),
    lambda text: text.replace("- Rebooted", "- \u2713 Rebooted"),
    lambda text: text.replace("dropped again?", "dropped again? Fixed by new firmware."),
    lambda text: text.replace("- Path", "- ~~Path~~"),
    lambda text: text.replace("\u2192 dropped again? \U0001f914", ""),
    lambda text: f"{text}\n\nMaja: done",
    lambda text: text.replace("Rebooted the firewall", "**Rebooted** the firewall"),
]


@pytest.mark.parametrize(("edit", "kept"), [*itertools.product(range(len(EDITS)), KEPT)])
def test_an_edit_is_seen(edit: int, kept: str) -> None:
    if kept == "no such letters" and edit == 2:
        return  # such a server keeps no tick either
    assert not reads_as(KEPT[kept](EDITS[edit](BRIEF)), BRIEF)
