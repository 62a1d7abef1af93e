"""Turn what came into plain lines, and lead every character back to where it came from.

Integrations and mail programs store notes as HTML, whole, half or broken, end lines in a dozen ways, and strew characters that
nobody sees. `plain` gives the words as a reader would see them; `Plain.span` (`places.py`) says where they stand in the text as stored, so
that every quotation stays a literal slice of it. Linear in the text.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import html
import re
import unicodedata

from escalation.text.encodings import decoded, link_meant
from escalation.text.places import Plain, Writing

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff"
)
_ENDS = "\r\v\f\x1c-\x1e\x85\u2028\u2029"
_DRESSED = "\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff"
"""Letters in bold, joined or wide, as editors and printed pages have them."""
_ODD = re.compile(rf"[<&{_ENDS}{_SPACES}{_UNSEEN}{_DRESSED}]|\\[nr]|!\[|\[(?:image|cid|inline)|~~|_x000D_|data:image|safelinks\.protection|urldefense|cudasvc\.com|(?:\\[_*#\[\]().+-].{{0,200}}){{2}}")
_TOKEN = re.compile(
    rf"""
      (?P<end>\r{{0,2}}\n|[{_ENDS}]|_x000D_\n?)
    | (?P<written>\\r\\n|\\[nr])
    | (?P<space>[{_SPACES}])
    | (?P<unseen>[{_UNSEEN}]+)
    | (?P<entity>&(?:\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});)
    | (?P<image>!\[[^\]\n]{{0,200}}\]\([^)\s[]{{0,4000}}(?:\s"[^"\n]{{0,200}}")?\)|\[(?:inline\ )?(?:image|cid)[:\s][^\]\n]{{0,300}}\]|<(?:image\d{{1,4}}\.\w{{3,4}}|cid:[^<>\s]{{1,300}})>|data:image/[\w.+-]{{1,20}};base64,[A-Za-z0-9+/=]*)
    | (?P<dressed>[{_DRESSED}])
    | (?P<guarded>https?://(?:[\w-]{{1,30}}\.safelinks\.protection\.outlook\.com/|urldefense\.|linkprotect\.cudasvc\.com/)[^\s<>"]{{4,3000}})
    | (?P<escape>\\[_*\#\[\]().+-])
    | <(?P<beside>mailto|tel):(?P<address>[^<>\s]{{1,300}})>
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
_VOID = frozenset(("br", "hr", "img", "input", "meta", "link", "base", "area", "col", "wbr"))
_UNSHOWN = re.compile(r"\bstyle\s?=[^<>]{0,400}(?:\bdisplay\s?:\s?none|\bvisibility\s?:\s?hidden|\bmso-hide\s?:\s?all|\btext-decoration(?:-line)?\s?:[^;<>]{0,40}\bline-through)", re.IGNORECASE)
"""What a browser does not show, such as the words that mail programs show in a list of mails, and what it shows struck out."""
_TICKS = re.compile(r"\btype\s?=\s?[\"']?(?P<kind>checkbox|radio)\b", re.IGNORECASE)
_CHECKED = re.compile(r"\s(?:checked|data-checked\s?=\s?[\"']?true|aria-checked\s?=\s?[\"']?true)\b(?!\s?=\s?[\"']?false)|\bdata-list\s?=\s?[\"']?checked|\bclass\s?=\s?[\"'][^\"'<>]{0,80}(?<!un)\bchecked\b", re.IGNORECASE)
_TICKED_ROW = re.compile(r"\s(?:data-checked|aria-checked)\s?=|\bdata-list\s?=\s?[\"']?(?:un)?checked", re.IGNORECASE)
"""Boxes of forms and editors, and the rows of editors that keep the tick in the row or in the list around it."""
_HTML = re.compile(
    r"<\s{0,3}/?\s{0,3}br\b[^<>]{0,200}>|</\s{0,3}(?:p|div|li|ul|ol|td|th|tr|table|span|b|i|u|em|strong|font|a|h[1-6]|body|html|s|del|strike|blockquote|pre|center|style|script)\s{0,3}>"
    r"|<(?:p|div|span|font|table|tr|td|img|body|html|li)(?:\s+[\w-]+\s*=[^<>]{0,400})?\s*/?>|<a\s+href\s*=",
    re.IGNORECASE,
)
_SET_IN = re.compile(r"\bstyle\s?=[^<>]{0,300}\bborder\s?:\s?(?:none|0)\b", re.IGNORECASE)
"""The button *increase indent* of mail programs writes a block quotation without the bar that quotations have."""
_XML = re.compile(r"<\?xml|\sxmlns=(?!.{0,80}(?:office|xhtml|w3\.org/TR))", re.IGNORECASE)
_RENDERED = re.compile(r"<(?:html|body|!doctype)\b|\s(?:style|class|dir|width)\s?=", re.IGNORECASE)
"""Written by a program for a browser, to which a line end is a space."""
_LINES = re.compile(r"<\s{0,3}/?\s{0,3}(?:br|p|div|li|tr|table|td|h[1-6]|html|body|blockquote|pre)\b", re.IGNORECASE)
"""Tags that end a line; in a text without any, as where only a word is coloured, lines end as they were typed."""
_ATTRIBUTES = re.compile(
    r"(?:\s*/)?\s*|[\s\"'.]*|\s+[^=]{1,40}=.*|\s*(?:clear|border|nowrap|checked|disabled|type)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def plain(source: str) -> Plain:
    """Return the text as it is read. What is encoded twice, as `&lt;br&gt;`, is decoded twice, and once more where connectors did it again."""
    first = decoded(source)
    text = first.text if first else source
    if not _ODD.search(text):
        return first or Plain(source, source)
    read = _decoded(text, first, source)
    for _ in range(_CODED_TWICE):
        if ("<" in text and _HTML.search(text)) or not (_HTML.search(read.text) or _CODED.search(read.text)):
            break
        text, read = read.text, _decoded(read.text, read, source)
    return read


_CODED = re.compile(r"&lt;/?(?:p|br|div|span|li|ul|td|tr|table|b|strong)\b[^&<>\n]{0,200}/?&gt;", re.IGNORECASE)
_CODED_TWICE = 2


def _decoded(text: str, below: Plain | None, source: str) -> Plain:
    writing = Writing(text)
    escaped = "\\" in text and len(_ESCAPED.findall(text)) >= 2
    is_html = _HTML.search(text) is not None and not _XML.search(text[:2000])
    rendered = is_html and _RENDERED.search(text) is not None and _LINES.search(text) is not None
    written = _line_ends_written(text)
    without_close: set[str] = set()
    at, quoted, kept = 0, 0, 0
    row_mark = ""
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
            if not closing and (name in _SILENT or (name not in _VOID and _UNSHOWN.search(token["rest"] or ""))):
                at = _after_close(text, at, name, without_close)
            elif name == "input":
                if (box := _TICKS.search(token["rest"] or "")) is not None:
                    writing.put(_box(token["rest"], box["kind"]), begin, at)
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
                row = _box(token["rest"], "checkbox") if _TICKED_ROW.search(token["rest"] or "") else row_mark
                writing.put(f"- {row}", begin, at)
            elif name in ("ul", "ol"):
                row_mark = _box(token["rest"], "checkbox") if not closing and _TICKED_ROW.search(token["rest"] or "") else ""
                writing.line(begin, at)
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
        elif kind == "dressed":
            writing.put(unicodedata.normalize("NFKC", token.group()), begin, at)
        elif kind == "guarded":
            meant = link_meant(token.group())
            writing.put(meant, begin, at, same=meant == token.group())
        elif kind == "escape":
            writing.put(token.group()[1:] if escaped and not _of_path(text, begin) else token.group(), begin, at, same=not escaped or _of_path(text, begin))
        elif token["beside"]:
            address = token["address"]
            writing.put("" if text[max(0, begin - len(address)) : begin].lower() == address.lower() else f" <{address}>", begin, at)
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
    depth = 1
    for tag in re.compile(rf"<\s{{0,3}}(/?)\s{{0,3}}{name}\b[^<>]{{0,4000}}>", re.IGNORECASE).finditer(text, at):
        depth += -1 if tag[1] else not tag.group().endswith("/>")
        if not depth:
            return tag.end()
    without.add(name)
    return at


def _box(attributes: str | None, kind: str) -> str:
    """Return the sign of a box in a form or an editor's list."""
    on, off = ("[x] ", "[ ] ") if kind.lower() == "checkbox" else ("(x) ", "( ) ")
    return on if _CHECKED.search(attributes or "") else off


_ESCAPED = re.compile(r"(?<![\\:\w])\\[_*#\[\]().+-]|\w\\[_*#.\])]")
"""How converters to Markdown guard signs."""


_FOLDER = re.compile(r"\\[A-Za-z0-9]")


def _of_path(text: str, at: int) -> bool:
    """Whether a backslash stands in a Windows path."""
    left = text[max(0, at - 200) : at].rsplit(None, 1)
    token = left[-1] if left and not text[at - 1 : at].isspace() and at else ""
    return ":\\" in token or token.startswith("\\\\") or token.endswith(":") or _FOLDER.search(token) is not None or text[at + 1 : at + 2] == "\\"


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
