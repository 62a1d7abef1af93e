"""What the tests of e-mails share: hostile texts, and a reader of HTML that sees what a person would."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><a href="https://evil.example">Open ticket</a>',
    "' onmouseover='alert(1)",
    "<!-- --><![endif]--><iframe src=//evil.example></iframe>",
    "<!--[if mso]><a href='https://evil.example'><![endif]-->",
    "</td></tr></table><form action=https://evil.example><input name=password>",
    "[Open ticket](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example>",
    "javascript:alert(1) data:text/html,<b>x</b> www.evil.example",
    "{{ 7 * 7 }} {% for x in lines %}{{ config }}{% endfor %} {# gone #}",
    "<mj-raw><script>1</script></mj-raw><mj-include path='/etc/passwd' />",
    "&lt;script&gt; &#60;script&#62; <style>*{display:none}</style>",
    "<svg/onload=alert(1)><meta http-equiv=refresh content='0;url=https://evil.example'><base href=//evil.example>",
    "pay\u202egnp.exe\u202c zero\u200bwidth\u2066 iso\u2069 \ufeff \u3164 \U000e0041",
    "subject\r\nBcc: evil@evil.example\r\n\r\nbody",
)


class Elements(HTMLParser):
    """Collects tags, attributes and the text a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.comments: list[str] = []
        self.words: list[str] = []
        self._unseen = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._unseen += tag in ("style", "title", "xml")
        if tag in ("br", "div", "h1", "h2", "p", "table", "td", "th", "tr"):
            self.words.append(" ")
        for name, value in attrs:
            if name in ("href", "src", "background", "action", "formaction", "srcset", "poster"):
                self.links.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in ("style", "title", "xml")

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG: 1 to 21, 4.5 at least for text."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
