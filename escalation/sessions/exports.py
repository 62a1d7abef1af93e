"""The forms in which people hand over a talk with an assistant, each as turns: who spoke, and what they said.

ChatGPT's export (`mapping`, a tree of messages, of which the branch that ends at `current_node` counts), Claude's
(`chat_messages`), a list of `{role, content}`, and text with or without speakers' names. Shapes from exports that people show
in public; neither vendor documents them, so unknown fields are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

LONGEST = 200_000
"""Characters of one transcript."""
MOST_TURNS = 2_000
LONGEST_NAME = 80
"""Characters of a line in which the name of who speaks is looked for."""

Speaker = Literal["person", "assistant", "notes"]


class Unreadable(ValueError):
    """Not a transcript that can be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one of the two said; `notes` where nobody is named."""

    speaker: Speaker
    text: str


def turns_of(text: str) -> list[Turn]:
    """Return the turns of a transcript. Raises `Unreadable`."""
    if len(text) > LONGEST:
        raise Unreadable(f"the transcript has {len(text)} characters, of at most {LONGEST}: send the part that matters")
    found = _exported(text) if text.lstrip()[:1] in "{[" else None
    turns = found if found is not None else list(_spoken(text))
    turns = [turn for turn in turns if turn.text.strip()]
    if not turns:
        raise Unreadable("the transcript holds no words")
    if len(turns) > MOST_TURNS:
        raise Unreadable(f"the transcript has {len(turns)} turns, of at most {MOST_TURNS}: send the part that matters")
    return turns


def _exported(text: str) -> list[Turn] | None:
    """Return the turns of an export, None for text that only begins like one. Raises `Unreadable`."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    talks = [one for one in (body if isinstance(body, list) else [body]) if isinstance(one, dict)]
    if any("role" in one and "content" in one for one in talks):
        return [Turn(_speaker(one.get("role")), _words(one.get("content"))) for one in talks if _known(one.get("role"))]
    whole = [one for one in talks if "mapping" in one or "chat_messages" in one or "messages" in one]
    if not whole:
        raise Unreadable("this JSON is no export that is known: send ChatGPT's or Claude's, or paste the talk as text")
    if len(whole) > 1:
        names = ", ".join(repr(str(one.get("title") or one.get("name") or "?")[:40]) for one in whole[:5])
        raise Unreadable(f"the export holds {len(whole)} talks ({names}…): send the one about this ticket alone")
    (talk,) = whole
    if "mapping" in talk:
        return list(_branch(talk))
    messages = talk.get("chat_messages") or talk.get("messages") or []
    messages = [one for one in messages if isinstance(one, dict)]
    roles = [(one.get("sender") or one.get("role"), one) for one in messages]
    return [Turn(_speaker(role), _words(one.get("content")) or _words(one.get("text"))) for role, one in roles if _known(role)]


def _branch(talk: dict[str, Any]) -> Iterator[Turn]:
    """Yield the messages from the first to the one that was current; others are answers that were given up."""
    nodes = talk["mapping"] if isinstance(talk["mapping"], dict) else {}
    at = talk.get("current_node")
    way: list[str] = []
    if not isinstance(at, str) or at not in nodes:
        ends = (key for key, node in reversed(nodes.items()) if isinstance(node, dict) and not node.get("children"))
        at = next(ends, None)
    while isinstance(at, str) and isinstance(nodes.get(at), dict) and at not in way and len(way) < 10_000:
        way.append(at)
        at = nodes[at].get("parent")
    for key in reversed(way):
        message = nodes[key].get("message")
        if isinstance(message, dict) and isinstance(message.get("author"), dict) and _known(message["author"].get("role")):
            yield Turn(_speaker(message["author"]["role"]), _words(message.get("content")))


def _words(content: Any) -> str:
    """Return the text of a message's content, whatever form it has; images and files have none."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return _words(content.get("parts")) or _words(content.get("text"))
    if isinstance(content, list):
        return "\n".join(filter(None, (_words(one) for one in content)))
    return ""


def _known(role: Any) -> bool:
    return role in ("user", "human", "assistant", "model")


def _speaker(role: Any) -> Speaker:
    return "person" if role in ("user", "human") else "assistant"


_PERSON = r"you|you said|user|human|me|tech|technician|q|question|prompt"
_ASSISTANT = r"chatgpt(?: said)?|gpt(?:-\d\w*)?|assistant|claude(?: said)?|ai|copilot|gemini(?: said)?|bot|a|answer|response"
_NAMED = re.compile(
    rf"^[ \t>#*_]*(?:\[?\d\d?:\d\d(?::\d\d)?\]?\s*)?[*_]*(?:(?P<person>{_PERSON})|(?P<assistant>{_ASSISTANT}))[*_]*"
    r"(?:[ \t]*:[*_]*[ \t]*|[*_ \t]*$)(?P<rest>.*)$",
    re.IGNORECASE,
)
_TIMED = re.compile(r"^\[?\d\d?:\d\d(?::\d\d)?\]?\s*(?P<name>[A-Z][\w .'-]{1,30}):\s+(?P<rest>.*)$")
_QUOTED = re.compile(r"^>\s?")


def _spoken(text: str) -> Iterator[Turn]:
    """Yield the turns of text whose lines name who speaks; a line of a code block names nobody."""
    speaker: Speaker = "notes"
    said: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith("```")
        head = line[:LONGEST_NAME]
        named = None if fenced else _NAMED.match(head)
        found = named or (None if fenced else _TIMED.match(head))
        if found and (found["rest"] or len(line) <= LONGEST_NAME):
            yield Turn(speaker, "\n".join(said))
            speaker = "assistant" if named and named["assistant"] else "person"
            said = [line[found.start("rest") :]]
        else:
            said.append(_QUOTED.sub("", line))
    yield Turn(speaker, "\n".join(said))
