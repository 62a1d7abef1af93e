"""Whatever a note begins with, ends in or consists of, it is cut into stretches that stand literally where they say.

Made of the single lines that mail programs, forms, shells and ticket systems put into notes, in any order and number: most
rules look at the rows above and below, and there may be none. `python -m tests.unit.escalation.reading.test_fragments 30000`
tries more.
"""

from __future__ import annotations

import itertools
import random
import sys

from escalation.text.source import plain
from escalation.text.stretches import stretches

LINES = (
    "", "   ", "________________", "--", "—", "***", "---", "===", "> quoted", "From: Ann <a@x.example>", "Sent: Monday",
    "Subject: x", "To: b", "-----Original Message-----", "On Mon, 2 Mar 2026 at 9:12, Ann <a@x.example> wrote:", "Kind regards",
    "In a message dated 3/1/2026 2:00 P.M., a@x.example writes:", "{quote}", "[quote=Ann]", "[/quote]", "bq. said", "{noformat}",
    "[12:01] Visitor: it broke", "Agent Tom (12:02): rebooted it", "didn=E2=80=99t=", "=20", "🔲 a", "~~~", "[code]", "Thanks",
    "Ann Example", "Tel: 020 1234 5678", "Sent from my iPhone", "Get Outlook for iOS", "[x] done", "[ ] not", "☐ a", "| a | b |",
    "|---|---|", "```", "{code}", "C:\\> ping x", "PS C:\\> Get-X", "Error: failed with:", "1. Step", "- item", "Name: value",
    "Rebooted it, no change.", "END", "End of forwarded message", "CAUTION: external email", "<br>", "<blockquote>",
    "</blockquote>",
    "This message is confidential and intended only for the addressee.", "Am 2. März schrieb Ann:", "<pre>", "</div>", "&nbsp;",
    "~~struck~~", "\t\tcode", "*Sent:* x", "##- reply above -##", "Step\tResult", "Q:", "Reply:", "[10:02] x:", "\\n", "\u2028",
    "\v",
    "Registered office: 1 High St", "Automatic reply: x", "{", "}", "Cheers,", "Via: x", "Received: from y",
    "Meeting ID: 312 456", "Next steps:", "## Not done", "Suggested by Copilot:", "[3/2/2026 9:14 AM] Ann: x",
    "Ann Example  9:14 AM", "Voicemail from: 020", "Transcript: x", "From ticket #48211:", "**Escalated to engineers.** P2",
    "- x: no change [n1]", "[ref: RF-A]", "Liked “x”", "x: Y/N", "Y: {{z}}", "│ a │ b │", "├──┼──┤", "a   b", "---  ---",
    "didnâ€™t", "Â ", ":x: a", "👉 a", "1\ufe0f\u20e3 a",
)  # fmt: skip
ENDS = ("\n", "\n", "\n\n", "\r\n", "<br>")


def fault(text: str) -> str | None:
    """Return what is wrong about how a text is cut; None if nothing is."""
    read = plain(text)
    found = stretches(read.text)
    if any(read.text[s.start : s.end] != s.text for s in found):
        return "a stretch is not what stands there"
    if any(read.quote(s.start, s.end) not in text for s in found):
        return "a quotation stands nowhere"
    told = [s for s in found if s.kind != "pasted"]  # output goes on below what was taken out of its middle
    if any(a.end > b.start for a, b in itertools.pairwise(told)):
        return "two stretches share characters"
    return None


def texts(count: int, seed: int = 1) -> list[str]:
    """Return each line alone, then so many texts of several lines, the same for the same seed."""
    dice = random.Random(seed)
    made = [*LINES]
    for _ in range(count):
        lines = dice.choices(LINES, k=dice.choice((2, 2, 2, 3, 3, 4, 5, 8, 12)))
        made.append(dice.choice(ENDS).join(lines) + dice.choice(("", "", "\n", "\r", " ")))
    return made


def test_any_lines_in_any_order_are_cut_into_what_stands_there() -> None:
    for text in texts(250):
        assert fault(text) is None, repr(text)


if __name__ == "__main__":
    tried = texts(int(sys.argv[1]))
    wrong = [text for text in tried if fault(text)]
    sys.stdout.write(f"{len(tried)} tried, {len(tried) - len(wrong)} held\n{wrong[:5]}\n")
