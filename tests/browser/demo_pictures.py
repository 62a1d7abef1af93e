"""Take pictures of what the demo left: the brief rendered and raw, and the e-mail at three widths and in the dark.

    make pictures      (after `make demo`; needs Chromium)

Writes PNG files beside the demo's own under var/demo/pictures.
"""

from __future__ import annotations

import html
import sys
from pathlib import Path

from markdown_it import MarkdownIt

from tests.browser.pictures import take

DEMO = Path("var/demo")
STYLE = "body{font:15px/1.45 'Segoe UI',system-ui,sans-serif;max-width:760px;margin:24px;color:#1c2430}"
RAW = "pre{font:13px/1.45 Consolas,monospace;white-space:pre-wrap;max-width:760px;margin:24px}"


def main() -> int:
    brief = DEMO / "brief.md"
    if not brief.exists():
        sys.stderr.write("there is no var/demo/brief.md: run `make demo` first\n")
        return 1
    out = DEMO / "pictures"
    out.mkdir(exist_ok=True)
    text = brief.read_text()
    pages = {
        "brief-rendered": f"<meta charset=utf-8><style>{STYLE}</style>{MarkdownIt('commonmark').render(text)}",
        "brief-raw": f"<meta charset=utf-8><style>{RAW}</style><pre>{html.escape(text)}</pre>",
    }
    for name, page in pages.items():
        file = out / f"{name}.html"
        file.write_text(page)
        take(str(file), out / f"{name}.png", width=820, height=2300)
    mail = sorted((DEMO / "mail").glob("*.html"))[0]
    for name, width, dark in (("mail", 700, False), ("mail-phone", 360, False), ("mail-dark", 700, True)):
        take(str(mail), out / f"{name}.png", width=width, height=1100, dark=dark)
    for picture in sorted(out.glob("*.png")):
        sys.stdout.write(f"{picture}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
