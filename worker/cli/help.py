"""Help that fits the terminal: what is written in rows stays in rows, prose is broken where the window ends."""

from __future__ import annotations

import argparse
import re
import textwrap

_LAST_COLUMN = re.compile(r"\s*(?:\S+(?: \S+)*\s{2,})*")


class Help(argparse.RawDescriptionHelpFormatter):
    """Breaks descriptions and epilogs at the window's width: each row that is set in by itself, others as one paragraph."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        made: list[str] = []
        prose = False
        for row in text.strip("\n").split("\n"):
            told = bool(row.strip()) and not row[0].isspace()
            if told and prose:
                made[-1] += " " + row.strip()
            else:
                made.append(row.rstrip())
            prose = told and not row.rstrip().endswith(":")
        return "\n".join(textwrap.indent(broken(row, width, further=2 if row[:1] == " " else 0), indent) for row in made)


def broken(line: str, columns: int, *, further: int = 0) -> str:
    """Return a line that is longer broken between words, under the column in which its last part begins.

    Without columns it goes on where it began, `further` characters to the right.
    """
    if len(line) <= columns:
        return line
    begin, indent = _LAST_COLUMN.match(line), len(line) - len(line.lstrip())
    column = begin.end() if begin else 0
    hang = column if indent < column <= columns // 2 else indent + further
    return textwrap.fill(line, columns, subsequent_indent=" " * hang, break_long_words=False, break_on_hyphens=False)
