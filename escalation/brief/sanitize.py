"""Make ticket text inert, so that it can say anything and do nothing in a note, a mail or a page.

One scheme for both ways a note is read: rendered as Markdown, and raw on older ConnectWise screens. Characters
that could act are *replaced* by ones that look alike and mean nothing, never escaped: a backslash would show on
a raw screen, and not every renderer honours it. The package keeps every quotation verbatim; only what is shown
goes through here.

| in the ticket | shown | why |
|---|---|---|
| control, bidi, zero-width, tag characters | nothing, or a space | text that reads differently from what it is |
| `[` `]` and their wide forms | `(` `)` | links, images, and our own citations and marker |
| `[redacted: password]` | kept | our own mark of a removed secret |
| `<` `>` | `‹` `›` | HTML, autolinks, quotations |
| `*` `` ` `` `~` | `∗` `'` `∼`, runs shortened | emphasis, labels such as ours, code |
| `_` at a word's edge | `ˍ` | emphasis; inside a word it is plain text |
| a backslash before punctuation | `∖` | an escape that would swallow a character |
| `&name;` | `& name;` | entities that turn into brackets or angles |
| `://`, `www.` | `: //`, `www .` | links made of bare addresses |
| `@name` after a space | `＠name` | mentions; addresses such as a@b.example stay |
| `RF-`, `RN-` and eight characters | another hyphen | our marks |
| a start like `#`, `-`, `1.` | dropped, `(1)` | headings, lists and rules at the start of a line |
"""

from __future__ import annotations

import re
import unicodedata

_KEEP = re.compile(r"\[redacted: ([a-z0-9][a-z0-9 /-]{0,39})\]")
_KEPT = re.compile("\ue000([a-z0-9][a-z0-9 /-]{0,39})\ue001([:(\\[]?)")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_BACKSLASH = re.compile(r"(?<=\\)\\|\\(?=[!-/:-@\[-`{-~‹›∗∼ˍ∖＠()']|\s|$)")
_MENTION = re.compile(r"(?<![\w.+-])@(?=\w)")
_WWW = re.compile(r"\bwww\.", re.IGNORECASE)
_MARKER = re.compile(r"\b(R[FN])-(?=[0-9A-Za-z]{8})", re.IGNORECASE)
_START = re.compile(r"[\s#+=|:-]*(?:\s|$)|[#=|]+")
_NUMBER = re.compile(r"(\d{1,9})[.)](?=\s|$)")
_SUBSTITUTES = str.maketrans(
    {
        "[": "(", "]": ")", "［": "(", "］": ")", "⟦": "(", "⟧": ")", "【": "(", "】": ")", "〔": "(", "〕": ")",
        "<": "‹", ">": "›", "＜": "‹", "＞": "›", "*": "∗", "＊": "∗", "`": "'", "~": "∼",
    }
)  # fmt: skip
_MARKS = (('"', '"'), ("“", "”"), ("«", "»"))
_RUNS = re.compile(r"∗{2,}|∼{2,}")


class Inert(str):
    """Text that may be written into a brief: made by `inline`, `lines` or by this product itself."""

    __slots__ = ()


def printable(text: str) -> str:
    """Return the text without characters that are invisible or steer the display; line ends become `\\n`."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_visible(c) for c in text)


def _visible(char: str) -> str:
    if char == "\n" or " " <= char <= "~":
        return char
    category = unicodedata.category(char)
    if category in ("Zl", "Zp"):
        return "\n"
    if category == "Cc":
        return " " if char in "\t\v\f\x1c\x1d\x1e\x1f\x85" else ""
    if (
        category == "Cf"
        or char in "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
        or "\ufe00" <= char <= "\ufe0f"
    ):
        return ""
    if category in ("Cs", "Co", "Cn"):
        return "\ufffd"
    return " " if category == "Zs" else char


def inline(text: str, *, limit: int = 400) -> Inert:
    """Return the text as one inert line of at most `limit` bytes in UTF-8, cut at a word with an ellipsis."""
    flat = " ".join(printable(text[: 4 * limit + 200]).split())
    return Inert(_cut(_start(_still(flat)), limit, more=len(text) > 4 * limit + 200))


def line(text: str, *, limit: int = 400) -> Inert:
    """Return one line of pasted output: inert, its indentation kept, for use behind a gutter."""
    body = printable(text[: 4 * limit + 200]).replace("\n", " ").rstrip()
    return Inert(_cut(_still(body), limit))


def _still(text: str) -> str:
    text = _KEEP.sub("\ue000\\1\ue001", text)
    text = text.translate(_SUBSTITUTES)
    text = _RUNS.sub(lambda run: run.group()[0], text)
    text = _ENTITY.sub("& ", text)
    text = _EDGE_UNDERSCORE.sub(lambda run: "ˍ" * len(run.group()), text)
    text = _BACKSLASH.sub("∖", text)
    text = _MENTION.sub("＠", text).replace("://", ": //")
    text = _WWW.sub(lambda www: www.group()[:-1] + " .", text)
    text = unmarked(text)
    return _KEPT.sub(lambda kept: f"[redacted: {kept[1]}]" + (f" {kept[2]}" if kept[2] else ""), text)


def in_quotes(text: str) -> str:
    """Return words between quotation marks that they do not hold themselves, so that one sees where they end."""
    begin, end = next((pair for pair in _MARKS if not set(pair) & set(text)), _MARKS[-1])
    return f"{begin}{text}{end}"


def unmarked(text: str) -> str:
    """Return a text in which nothing reads as one of our marks."""
    return _MARKER.sub("\\1\u2011", text)


def _start(text: str) -> str:
    """Take away what Markdown would read as the beginning of a heading, list, rule, table or definition."""
    while (mark := _START.match(text)) and mark.end():
        text = text[mark.end() :].lstrip()
    return _NUMBER.sub(r"(\1)", text, count=1) if _NUMBER.match(text) else text


def _cut(text: str, limit: int, *, more: bool = False) -> str:
    raw = text.encode()
    if len(raw) <= limit and not more:
        return text
    kept = raw[: limit - 3].decode(errors="ignore")
    at_word = kept.rsplit(" ", 1)[0]
    kept = at_word if len(at_word) > len(kept) * 2 // 3 else kept
    opened = kept.rfind("[redacted:")
    if opened >= 0 and "]" not in kept[opened:]:
        kept = kept[:opened]
    return kept.rstrip() + "…"
