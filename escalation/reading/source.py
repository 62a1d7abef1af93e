"""Turn what came into plain lines, and lead every character back to where it came from.

Integrations and mail programs store notes as HTML, whole, half or broken, end lines in a dozen ways, and strew characters that
nobody sees. `plain` gives the words as a reader would see them; `Plain.span` (`places.py`) says where they stand in the text as stored, so
that every quotation stays a literal slice of it. Linear in the text.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import html
import re

from escalation.reading.encodings import decoded
from escalation.reading.places import Plain, Writing

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff"
)
_ENDS = "\r\v\f\x1c-\x1e\x85\u2028\u2029"
_ODD = re.compile(rf"[<&{_ENDS}{_SPACES}{_UNSEEN}]|\\[nr]|!\[|\[(?:image|cid|inline)|~~|_x000D_|data:image")
_TOKEN = re.compile(
    rf"""
      (?P<end>\r{{0,2}}\n|[{_ENDS}]|_x000D_\n?)
    | (?P<written>\\r\\n|\\[nr])
    | (?P<space>[{_SPACES}])
    | (?P<unseen>[{_UNSEEN}]+)
    | (?P<entity>&(?:\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});)
    | (?P<image>!\[[^\]\n]{{0,200}}\]\([^)\s]{{0,4000}}(?:\s"[^"\n]{{0,200}}")?\)|\[(?:inline\ )?(?:image|cid)[:\s][^\]\n]{{0,300}}\]|<(?:image\d{{1,4}}\.\w{{3,4}}|cid:[^<>\s]{{1,300}})>|data:image/[\w.+-]{{1,20}};base64,[A-Za-z0-9+/=]*)
    | (?P<struck>~~(?=\S)[^~\n]{{1,400}}~~)
    | (?P<remark><!(?:--|\[|doctype\b))
    | <\s{{0,3}}(?P<close>/?)\s{{0,3}}(?P<tag>[A-Za-z][A-Za-z0-9]{{0,11}}(?::[A-Za-z]{{1,12}})?)(?P<rest>(?:[\s/"'.=][^<>]{{0,4000}})?)>
    | <(?P<ending>/?)(?P<unclosed>br|p|div|li|tr|td|ul|table)\s{{0,3}}(?=\n|<|$)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BLOCKS = frozenset(
    ["p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "thead", "tbody", "tfoot", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "body", "head", "blockquote", "pre", "center", "section", "article", "header", "footer", "address", "fieldset", "form"]
)
_INLINE = frozenset(
    ["br", "td", "th", "b", "i", "u", "em", "strong", "span", "font", "a", "img", "small", "big", "sub", "sup", "s", "strike", "del", "ins", "tt", "code", "kbd", "col", "colgroup", "caption", "meta", "link", "base", "input", "label", "wbr", "nobr", "abbr", "mark", "q", "cite", "area", "map", "o:p", "st1:place"]
)
_SILENT = frozenset(("script", "style", "title", "head", "s", "strike", "del"))
"""What an element holds that is not to be read: code, and what somebody struck out."""
_HTML = re.compile(
    r"<\s{0,3}/?\s{0,3}br\b[^<>]{0,200}>|</\s{0,3}(?:p|div|li|ul|ol|td|th|tr|table|span|b|i|u|em|strong|font|a|h[1-6]|body|html|s|del|strike|blockquote|pre|center)\s{0,3}>"
    r"|<(?:p|div|span|font|table|tr|td|img|body|html|li)(?:\s+[\w-]+\s*=[^<>]{0,400})?\s*/?>|<a\s+href\s*=",
    re.IGNORECASE,
)
_SET_IN = re.compile(r"\bstyle\s?=[^<>]{0,300}\bborder\s?:\s?(?:none|0)\b", re.IGNORECASE)
"""The button *increase indent* of mail programs writes a block quotation without the bar that quotations have."""
_XML = re.compile(r"<\?xml|\sxmlns=(?!.{0,80}(?:office|xhtml|w3\.org/TR))", re.IGNORECASE)
_RENDERED = re.compile(r"<(?:html|body|!doctype)\b|\s(?:style|class|dir|width)\s?=", re.IGNORECASE)
"""Written by a program for a browser, to which a line end is a space."""
_ATTRIBUTES = re.compile(
    r"(?:\s*/)?\s*|[\s\"'.]*|\s+[^=]{1,40}=.*|\s*(?:clear|border|nowrap|checked|disabled)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def plain(source: str) -> Plain:
    """Return the text as it is read. What is encoded twice, as `&lt;br&gt;`, is decoded twice."""
    first = decoded(source)
    text = first.text if first else source
    if not _ODD.search(text):
        return first or Plain(source, source)
    once = _decoded(text, first, source)
    if "<" in text and _HTML.search(text):
        return once
    return _decoded(once.text, once, source) if _HTML.search(once.text) else once


def _decoded(text: str, below: Plain | None, source: str) -> Plain:
    writing = Writing(text)
    is_html = _HTML.search(text) is not None and not _XML.search(text[:2000])
    rendered = is_html and _RENDERED.search(text) is not None
    written = _line_ends_written(text)
    without_close: set[str] = set()
    at, quoted, kept = 0, 0, 0
    nested: list[bool] = []
    """Of each block quotation that is open: whether it is one, and not only set in."""
    while token := _TOKEN.search(text, at):
        writing.keep(at, token.start(), ruled=is_html and not kept, quoted=quoted)
        begin, at = token.span()
        kind = token.lastgroup
        name = (token["tag"] or token["unclosed"] or "").lower()
        closing = bool(token["close"] or token["ending"])
        if name:
            known = name in _BLOCKS or name in _INLINE or name in _SILENT or ":" in name
            if not is_html or not known or not _ATTRIBUTES.fullmatch(token["rest"] or ""):
                at = begin + 1
                writing.keep(begin, at, ruled=False, quoted=quoted)
                continue
            if name in _SILENT and not closing:
                at = _after_close(text, at, name, without_close)
            elif name == "blockquote":
                if not closing:
                    nested.append(not _SET_IN.search(token["rest"] or ""))
                elif nested:
                    nested.pop()
                quoted = sum(nested)
                writing.line(begin, at, blank=not closing)
            elif name == "pre":
                kept = 0 if closing else 1
                writing.line(begin, at)
            elif name == "br":
                writing.put("\n", begin, at)
            elif name == "li" and not closing:
                writing.line(begin, at)
                writing.put("- ", begin, at)
            elif name in ("td", "th") and not closing and not writing.starts:
                writing.put("\t", begin, at)
            elif name in _BLOCKS:
                writing.line(begin, at)
        elif kind == "end":
            if rendered and not kept:
                writing.put("" if writing.starts else " ", begin, at)
            else:
                writing.put("\n", begin, at)
        elif kind == "written":
            writing.put("\n" if begin in written else token.group(), begin, at, same=begin not in written)
        elif kind == "space":
            writing.put(" ", begin, at)
        elif kind == "entity":
            meant = html.unescape(token.group())
            same = meant == token.group()
            meant = "\n" if meant in "\r\n\x85\u2028\u2029" else " " if meant.isspace() else re.sub(f"[{_UNSEEN}]", "", meant)
            writing.put(meant, begin, at, same=same)
        elif kind == "remark":
            stop = {"<!-": "-->"}.get(text[begin : begin + 3], ">")
            end = text.find(stop, at) if stop not in without_close else -1
            if end < 0:
                without_close.add(stop)
                writing.keep(begin, at, ruled=False, quoted=quoted)
            else:
                at = end + len(stop)
    writing.keep(at, len(text), ruled=is_html and not kept, quoted=quoted)
    return Plain("".join(writing.parts), source, tuple(writing.pieces), below)


def _after_close(text: str, at: int, name: str, without: set[str]) -> int:
    """Return where an element ends whose contents are not read; where it is never closed, only its tag is left out."""
    if name in without:
        return at
    close = re.compile(rf"</\s{{0,3}}{name}\s{{0,3}}>", re.IGNORECASE).search(text, at)
    if close is None:
        without.add(name)
        return at
    return close.end()


_WRITTEN = re.compile(r"\\r\\n|\\[nr]")
_IN_PATH = re.compile(r":\\|^[\"'(]?\\\\|%\\|\\[^nr\\]|^[\w.-]+\$?\\(?=[nr][a-z]+$)")


def _line_ends_written(text: str) -> frozenset[int]:
    """Return where the two characters backslash and n (or r) stand for a line end: where a text has them instead of line ends.

    In a path, as in `C:\\new` or `\\\\server\\nas`, they do not, nor in the name of a user of a domain.
    """
    found = list(_WRITTEN.finditer(text)) if "\\" in text else []
    if len(found) <= len(_REAL_ENDS.findall(text)) - (text.strip() != text):
        return frozenset()
    ends = []
    last = 0
    for mark in found:
        left = text[max(last, mark.start() - 200) : mark.start()].rsplit(None, 1)
        token = left[-1] if left and not text[mark.start() - 1 : mark.start()].isspace() else ""
        after = text[mark.end() : mark.end() + 80]
        word = re.match(r"\S*", after)
        run = token + mark.group() + (word.group() if word else "")
        path = token and (_IN_PATH.search(token) or (":\\" in run[:3] or run.startswith(("\\\\", "%"))))
        begins = not after or not after[:1].isalnum() or after[:1].isupper() or after[:1].isdigit()
        prose = not after[:1].islower() or (
            len(found) > 1 and " " in text[last : mark.start()].strip() and not token.isupper()
        )
        if not path and (begins or prose):
            ends.append(mark.start())
            last = mark.end()
    return frozenset(ends)


_REAL_ENDS = re.compile(rf"\n|[{_ENDS}]")
