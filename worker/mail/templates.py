"""Turn a folder of three templates into one e-mail's subject, text and HTML.

An e-mail is a folder below `worker/mail/layouts/` (`subject.txt`, `text.txt`, `html.mjml`) and one named function
elsewhere that returns its context as plain values. The MJML layout is compiled once for each process with its
placeholders untouched, and only then filled in with autoescape: ticket text never meets the MJML parser. What all
layouts share stands in `head.mjml`.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from mjml import mjml2html

FOLDERS = Path(__file__).parent / "layouts"
WIDTH = 76
"""Columns of the text part: fits 80 with a reply's quotation marks in front."""
SUBJECT_LIMIT = 120
"""Characters of a subject; phones show about 40, list views about 80."""

INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that draw nothing although Unicode counts them as letters, marks or symbols."""
_SCHEME = re.compile(r"(?<=[A-Za-z0-9+.-])://")
_WWW = re.compile(r"\bwww\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One e-mail's content, ready for `worker.mail.message.compose`."""

    subject: str
    text: str
    html: str


def plain(text: str, *, limit: int = 400) -> str:
    """Return `text` as one harmless line of at most `limit` characters.

    1. Line breaks and runs of white space become one space.
    2. Control, bidirectional, zero-width, private and other invisible characters go.
    3. A web address is defanged (`https[:]//…`, `www[.]…`), since mail programs make links of bare ones.
    4. What is too long ends in `…`, between words where there is a gap to cut at.
    """
    visible = []
    for char in text:
        category = unicodedata.category(char)
        if category in ("Zs", "Zl", "Zp") or char in "\t\n\v\f\r\x85":
            visible.append(" ")
        elif not category.startswith("C") and char not in INVISIBLE:
            visible.append(char)
    line = " ".join("".join(visible).split())
    line = _WWW.sub(lambda found: f"{found.group()[:3]}[.]", _SCHEME.sub("[:]//", line))
    return shorten(line, limit)


def shorten(line: str, limit: int) -> str:
    """Cut `line` to at most `limit` characters, the last one `…` if anything is missing."""
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    gap = cut.rfind(" ", limit * 3 // 4)
    return (cut[:gap] if gap > 0 else cut).rstrip(" ,;:") + "…"


def wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """Wrap at `WIDTH` columns, indented by `first` and then by `rest`. Never cuts a word."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def web_address(url: str, *, named: str) -> str:
    """Return the address as it is. Raises `ValueError` that names the field unless it is a plain http or https one."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError(f"{named} {plain(url, limit=60)!r} must be http(s)://host/… without user or password")
    if not url.isascii() or any(char <= " " or char in "\"'<>\\^`{|}\x7f" for char in url):
        raise ValueError(f"{named} {plain(url, limit=60)!r} holds characters that must be percent-encoded")
    return url


def render_folder(folder: str, context: Mapping[str, object]) -> Rendered:
    """Render the e-mail kept in `folder`. A value that `context` lacks raises `jinja2.UndefinedError`."""
    subject, text, html = _templates(folder)
    title = plain(subject.render(context), limit=SUBJECT_LIMIT)
    body = re.sub(r"\n{3,}", "\n\n", text.render(context)).strip() + "\n"
    return Rendered(subject=title, text=body, html=html.render({**context, "subject": title}))


@cache
def _templates(folder: str) -> tuple[jinja2.Template, jinja2.Template, jinja2.Template]:
    place = FOLDERS / folder
    words = _environment(autoescape=False)
    layout = mjml2html(
        (place / "html.mjml").read_text(encoding="utf-8"),
        disable_comments=True,
        fonts={},
        include_loader=lambda path: (FOLDERS / path).read_text(encoding="utf-8"),
    )
    return (
        words.from_string((place / "subject.txt").read_text(encoding="utf-8")),
        words.from_string((place / "text.txt").read_text(encoding="utf-8")),
        _environment(autoescape=True).from_string(layout),
    )


def _environment(*, autoescape: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=autoescape,  # noqa: S701 - off for the two parts that are no HTML
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrapped"] = wrapped
    return environment
