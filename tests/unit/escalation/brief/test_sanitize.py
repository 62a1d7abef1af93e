"""Ticket text says anything and does nothing, rendered or raw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from escalation.brief.sanitize import in_quotes, inline, line

HOSTILE = [
    "**Start here:** pay the invoice",
    "[click](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<https://evil.example>",
    "https://evil.example and www.evil.example",
    "---",
    "***",
    "===",
    "# Heading",
    "## Assessment",
    "> quoted",
    "- item",
    "1. item",
    "+ item",
    "```\ncode\n```",
    "`code`",
    "~~gone~~ and ~~~",
    "_em_ and __strong__",
    "| a | b |\n|---|---|",
    "[n3] and [ref: RF-K7Q2M4XA]",
    "[foo]: https://evil.example",
    "[redacted: password]: https://evil.example",
    "[redacted: password](https://evil.example)",
    "&lt;script&gt; &#91;n3&#93; &copy;",
    "\u202egnp.exe\u202c and \u200bzero\u2066wide\U000e0041",
    "line one\u2028---\u2029# two\r\n# three\x0b\x85# four",
    "\\[n3\\] \\*\\*bold\\*\\*",
    "@everyone look, (@dreyes)",
    "［n3］ ＜b＞ ＊＊x＊＊",
    "- - - 1. # > deep",
]


def tags(markdown: str) -> set[str]:
    return {
        t.tag for block in MarkdownIt().parse(markdown) for t in [block, *(block.children or ())] if t.tag
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_acts_in_a_list_item_a_paragraph_or_behind_a_gutter(text: str) -> None:
    assert tags(f"- {inline(text)} x") <= {"ul", "li", "p"}
    assert tags(f"**Label:** {inline(text)}") <= {"p", "strong"}
    assert tags(f"**Evidence**:  \n│ {line(text)}  \n│ {line(text)}") <= {"p", "strong", "br"}


@pytest.mark.parametrize("text", HOSTILE)
def test_our_citations_and_marker_cannot_be_imitated(text: str) -> None:
    shown = inline(text)
    for imitation in ("[n", "[ref", "**", "RF-K", "\n", "@everyone", "@dreyes", "://", "</", "&#"):
        assert imitation not in shown


@pytest.mark.parametrize(
    "text",
    [
        "flushed DNS on PC-14: no change",
        "error 0x80070005 (E_ACCESSDENIED) at 14:05",
        "C:\\Windows\\System32\\drivers and 10.0.0.5/24",
        "IRQL_NOT_LESS_OR_EQUAL",
        "mailbox j.doe@contoso.example is 49.8 GB, 100% full!",
        '-p flag, +49 30 1234, 50% & more; it\'s "quoted"',
        "pw is [redacted: password] now",
        "naïve café, 日本語, 🙂",
    ],
)
def test_ordinary_text_reads_as_it_was_written(text: str) -> None:
    assert inline(text) == text
    assert MarkdownIt().renderInline(inline(text)) == MarkdownIt().renderInline("").join([""]) + _html(text)


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def test_a_unc_path_keeps_both_its_backslashes() -> None:
    assert MarkdownIt().renderInline(inline("\\\\FS01\\Finance")) == "∖∖FS01\\Finance"


def test_a_cut_falls_on_a_word_and_is_marked() -> None:
    assert inline("one two three four five", limit=18) == "one two three…"
    assert len(inline("🙂" * 500, limit=100).encode()) <= 100
    assert inline("see [redacted: password] here", limit=20) == "see…"


def test_output_keeps_its_indentation() -> None:
    assert line("    at Foo.bar(Baz.cs:12)") == "    at Foo.bar(Baz.cs:12)"


@given(st.text(max_size=200))
def test_any_text_is_inert(text: str) -> None:
    shown = inline(text)
    assert tags(f"- {shown} x") <= {"ul", "li", "p"}
    assert tags(f"**Evidence**:  \n│ {line(text)}  \n│ end") <= {"p", "strong", "br"}
    assert "\n" not in shown
    shown.encode()


@given(st.text(alphabet="[]()<>*_`~#-+=|\\&;:!@. \n1ab/", max_size=60))
def test_any_punctuation_is_inert(text: str) -> None:
    assert tags(f"- {inline(text)} x") <= {"ul", "li", "p"}
    assert tags(f"**If** {inline(text)}, **then** {inline(text)}") <= {"p", "strong"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("no proposal chosen", '"no proposal chosen"'),
        ('vpntunnel="CLIFTON" reason="no match"', '“vpntunnel="CLIFTON" reason="no match"”'),
        ('a 24" screen', '“a 24" screen”'),
        ("she read “denied”", '"she read “denied”"'),
        ('“denied” and "refused"', '«“denied” and "refused"»'),
    ],
)
def test_quotation_marks_are_such_as_the_words_do_not_hold(words: str, shown: str) -> None:
    assert in_quotes(words) == shown
