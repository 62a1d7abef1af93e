"""Forty transcripts in the manner of real ones, labelled before their reader was written.

`transcripts.txt` holds them: `=== number kind`, then the text. `[[p|…]]` is a step that is still to be done at the end,
`[[d outcome|…]]` one that was done. In `chatgpt` and `claude` the turns (`U:`, `A:`) become that program's export; the other
two are as somebody pastes them. Nobody looks at how those in `UNSEEN` are read while rules are written.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

UNSEEN = frozenset({4, 7, 10, 13, 18, 19, 26, 30, 34, 37})
_LABEL = re.compile(r"\[\[(p|d (\w+))\|(.*?)\]\]", re.DOTALL)
_BEGINS = re.compile(r"^=== (\d+) (\w+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Label:
    """One step as a person reads it."""

    text: str
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """One transcript as it is posted, with its labels."""

    number: int
    kind: str
    text: str
    labels: tuple[Label, ...]

    @property
    def unseen(self) -> bool:
        return self.number in UNSEEN


def all_transcripts() -> list[Labelled]:
    """Return all forty."""
    parts = _BEGINS.split((Path(__file__).parent / "transcripts.txt").read_text())
    found = []
    for number, kind, marked in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        labels = tuple(
            Label(text, "pending" if state == "p" else "done", outcome or "unknown")
            for state, outcome, text in _LABEL.findall(marked)
        )
        bare = _LABEL.sub(lambda match: match[3], marked).strip() + "\n"
        found.append(Labelled(int(number), kind, _EXPORTS.get(kind, str)(bare), labels))
    return found


def _turns(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"^([UA]): ?", text, flags=re.MULTILINE)
    return [(who, said.strip()) for who, said in zip(parts[1::2], parts[2::2], strict=True)]


def _chatgpt(text: str) -> str:
    """Return a conversation as ChatGPT's data export has it: a tree of messages, here with one branch given up."""
    mapping: dict[str, object] = {"root": {"id": "root", "message": None, "parent": None, "children": ["m0"]}}
    turns = _turns(text)
    for place, (who, said) in enumerate(turns):
        message = {
            "id": f"m{place}", "author": {"role": "user" if who == "U" else "assistant"},
            "create_time": 1772000000.0 + 60 * place, "content": {"content_type": "text", "parts": [said]}, "metadata": {},
        }  # fmt: skip
        children = [f"m{place + 1}"] if place + 1 < len(turns) else []
        parent = f"m{place - 1}" if place else "root"
        mapping[f"m{place}"] = {"id": f"m{place}", "message": message, "parent": parent, "children": children}
    body = {"title": "Chat", "create_time": 1772000000.0, "mapping": mapping, "current_node": f"m{len(turns) - 1}"}
    return json.dumps([body], ensure_ascii=False)


def _claude(text: str) -> str:
    """Return a conversation as Claude's data export has it: a list of messages."""
    messages = [
        {
            "uuid": f"u{place}", "sender": "human" if who == "U" else "assistant", "text": said,
            "content": [{"type": "text", "text": said}], "created_at": f"2026-03-04T10:{place:02d}:00.000000Z",
        }
        for place, (who, said) in enumerate(_turns(text))
    ]  # fmt: skip
    return json.dumps([{"uuid": "c", "name": "Chat", "chat_messages": messages}], ensure_ascii=False)


_EXPORTS = {"chatgpt": _chatgpt, "claude": _claude}
