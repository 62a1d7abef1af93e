"""Set what is written from right to left apart from the sentence that it stands in."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup


def isolated(text: str) -> str:
    """Return a name or quotation for a template, in `<bdi>` where it has letters that run from right to left.

    Without it the browser would take what follows, such as ", 2 s ago", into the name's direction and swap both.
    """
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in text):
        return Markup("<bdi>{}</bdi>").format(text)
    return text
