"""Claim links opened by whoever reads mails before their recipients do: nothing may change."""

from __future__ import annotations

import email
import email.policy
import html
import random
import re
import string
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from tests.hostile.knock import Ask, Knocker, changed, escalated, handoffs_of, members_of, rows, settled
from tests.hostile.row import Row
from tests.storm.rig import Msp, Rig
from webhooks.claims.page import COOKIE
from worker.process.links import CLAIM_LINK_S

AGENTS = (
    "Mozilla/5.0 (compatible; MSOffice SafeLinks)", "Barracuda Sentinel", "Mimecast-URL-Scan/2.0", "Slackbot-LinkExpanding 1.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Proofpoint URL Defense", "",
)  # fmt: skip
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
FOREIGN = ("https://evil.example", "http://127.0.0.1:1", "file://", "https://mail.google.com", "null.example", "http://localhost")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A claim page as one browser was given it: address, cookie and form."""

    path: str
    cookie: str
    form: str


@dataclass(frozen=True, slots=True)
class Scanner:
    """Opens what came by mail. `mine` and `others` are of one handoff, `elsewhere` is of another; `held` is claimed."""

    mine: Sheet
    others: Sheet
    elsewhere: Sheet
    held: Sheet
    expired: Sheet
    """Its form is right too."""
    chance: random.Random

    @property
    def deed(self) -> str:
        return self.chance.choice(["claim", "give back"])

    def get(self) -> Ask:
        return Ask("GET", self.path(), headers={"User-Agent": self.chance.choice(AGENTS)})

    def head(self) -> Ask:
        return Ask("HEAD", self.path(), headers={"User-Agent": self.chance.choice(AGENTS)})

    def options(self) -> Ask:
        method = self.chance.choice(["OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "PROPFIND"])
        return Ask(method, self.path(), _form(deed=self.deed), FORM_TYPE)

    def prefetch(self) -> Ask:
        hint = self.chance.choice([
            {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"},
            {"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"},
        ])  # fmt: skip
        query = urlencode({"deed": "claim", "form": self.mine.form, "_method": "POST"})
        return Ask("GET", f"{self.mine.path}?{query}", headers={**hint, "Cookie": f"{COOKIE}={self.mine.cookie}"})

    def no_nonce(self) -> Ask:
        body = self.chance.choice([
            b"", _form(deed=self.deed), _form(deed=self.deed, form=""), _form(deed="claim", form="x" * 3000),
            _form(deed="claim", form="%00"), b'{"deed":"claim"}', _form(deed="claim", form=self.mine.cookie),
        ])  # fmt: skip
        return self._post(self.mine.path, body, self.mine.cookie)

    def foreign_origin(self) -> Ask:
        """Send everything right but for where it comes from."""
        told = self.chance.choice([
            {"Origin": self.chance.choice(FOREIGN)}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Site": "same-site"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
            {"Origin": self.chance.choice(FOREIGN), "Sec-Fetch-Site": "same-origin"}, {"Origin": ""},
        ])  # fmt: skip
        return self._post(self.mine.path, _form(deed="claim", form=self.mine.form), self.mine.cookie, **told)

    def others_nonce(self) -> Ask:
        """Send the form of another recipient, or of another handoff, with either's cookie."""
        sheet = self.chance.choice([self.others, self.elsewhere])
        cookie = self.chance.choice([self.mine.cookie, sheet.cookie])
        return self._post(self.mine.path, _form(deed=self.deed, form=sheet.form), cookie)

    def nonce_elsewhere(self) -> Ask:
        """Send the right form again from another browser, which has another cookie or none."""
        cookie = self.chance.choice(["", self.others.cookie, "x" * 32, self.mine.cookie[:-1], self.mine.form])
        return self._post(self.mine.path, _form(deed=self.deed, form=self.mine.form), cookie)

    def nonce_again(self) -> Ask:
        """Press the button again, after it was pressed and worked."""
        return self._post(self.held.path, _form(deed="claim", form=self.held.form), self.held.cookie)

    def too_late(self) -> Ask:
        if self.chance.random() < 0.4:
            return Ask("GET", self.expired.path)
        return self._post(self.expired.path, _form(deed=self.deed, form=self.expired.form), self.expired.cookie)

    def bent(self) -> Ask:
        """Change bytes of the address; the form is right for the address as it was."""
        front, _, token = self.mine.path.rpartition("/")
        at = self.chance.randrange(len(token) - 1)  # the last character's low bits are padding
        swapped = self.chance.choice([c for c in string.ascii_letters + string.digits + "-_." if c != token[at]])
        other = self.others.path.rpartition("/")[2]
        wrong = self.chance.choice([
            token[:at] + swapped + token[at + 1 :], token[:at], token + "=", token + "%00", "", token.swapcase(),
            token.partition(".")[0] + "." + other.partition(".")[2], other.partition(".")[0] + "." + token.partition(".")[2],
            "..%2f" + token, token[:at] + "%F0%9F" + token[at:],
        ])  # fmt: skip
        if self.chance.random() < 0.3:
            return Ask("GET", f"{front}/{wrong}")
        return self._post(f"{front}/{wrong}", _form(deed=self.deed, form=self.mine.form), self.mine.cookie)

    def path(self) -> str:
        return self.chance.choice([self.mine, self.others, self.elsewhere, self.held]).path

    def _post(self, path: str, body: bytes, cookie: str, **headers: str) -> Ask:
        sent = {**FORM_TYPE, "User-Agent": self.chance.choice(AGENTS), **headers}
        return Ask("POST", path, body, sent | ({"Cookie": f"{COOKIE}={cookie}"} if cookie else {}))


KINDS: dict[str, Callable[[Scanner], Ask]] = {
    "claim link: GET": Scanner.get,
    "claim link: HEAD": Scanner.head,
    "claim link: OPTIONS and other methods": Scanner.options,
    "claim link: fetched in advance": Scanner.prefetch,
    "claim link: POST without nonce": Scanner.no_nonce,
    "claim link: POST from another origin": Scanner.foreign_origin,
    "claim link: another recipient's nonce": Scanner.others_nonce,
    "claim link: the nonce in another browser": Scanner.nonce_elsewhere,
    "claim link: the nonce again": Scanner.nonce_again,
    "claim link: expired": Scanner.too_late,
    "claim link: bytes changed": Scanner.bent,
}


def opened(rig: Rig, seed: int, count: int = 200) -> list[Row]:
    """Open claim links from the mails `count` times, as scanners do; return a row for each kind.

    Wrong is each row of handoffs, their moves, messages and evidence that is not as it was, and each answer with 5xx.
    """
    chance = random.Random(seed)
    knocker = Knocker(rig.stack.web_url)
    made = escalated(rig, 3, lambda msp: f"scanned-{msp.name}")
    scanners = []
    for msp in rig.msps:
        tickets = [one.ticket for one in made if one.msp is msp]
        scanners.append(_scanner(rig, knocker, msp, tickets, chance))
    settled(rig)
    names = list(KINDS)
    asks: dict[str, list[Ask]] = defaultdict(list)
    for number in range(count):
        name = names[number % len(names)]
        asks[name].append(KINDS[name](scanners[number // len(names) % 2]))
    found = []
    before = [rows(rig, msp) for msp in rig.msps]
    for name in names:
        broken = sum(answer.broken for answer in knocker.all(asks[name]))
        after = [rows(rig, msp) for msp in rig.msps]
        moved = sum(len(changed(was, now)) for was, now in zip(before, after, strict=True))
        found.append(Row(name, len(asks[name]), broken + moved))
        before = after
    _control(rig, knocker, scanners)
    return found


def _scanner(rig: Rig, knocker: Knocker, msp: Msp, tickets: list[int], chance: random.Random) -> Scanner:
    first, second, third = ([_sheet(knocker, path) for path in _links(rig, ticket)] for ticket in tickets)
    held = third[0]
    pressed = knocker.ask(_press(held))
    assert pressed.status == 200, f"a claim by its own page was answered {pressed.status}"
    handoff = next(number for number, ticket in handoffs_of(rig, msp).items() if ticket == tickets[0])
    services = rig.stack.services
    path = services.passes.claim_link(
        "", account_id=msp.account_id, handoff_id=handoff, member_id=members_of(rig, msp)[msp.engineers[0]],
        epoch=services.desk(msp.account_id).token_epoch, at=services.clock() - timedelta(seconds=CLAIM_LINK_S + 3600),
    )  # fmt: skip
    form = services.passes.form_token(link=path.rpartition("/")[2], browser="scanner")
    expired = Sheet(path, "scanner", form)
    return Scanner(first[0], first[1], second[0], held, expired, chance)


def _links(rig: Rig, ticket: int) -> list[str]:
    """Return the claim links that were mailed for a ticket, one of each recipient."""
    found = {}
    for file in rig.mail.messages:
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if f"#{ticket}" not in str(message["Subject"]):
            continue
        part = message.get_body(("plain",))
        match = re.search(r"/claim/[\w.~-]+", part.get_content() if part else "")
        if match:
            found[str(message["To"])] = match[0]
    assert len(found) >= 2, f"{len(found)} claim links were mailed for ticket {ticket}"
    return [found[to] for to in sorted(found)]


def _sheet(knocker: Knocker, path: str) -> Sheet:
    answer = knocker.ask(Ask("GET", path))
    form = re.search(r'name="form" value="([^"]+)"', answer.text)
    cookie = re.search(rf"{COOKIE}=([^;]+)", answer.headers.get("set-cookie", ""))
    assert form and cookie, f"no claim page at the mailed address: {answer.status}"  # noqa: PT018
    return Sheet(path, cookie[1], html.unescape(form[1]))


def _press(sheet: Sheet, deed: str = "claim") -> Ask:
    sent = {**FORM_TYPE, "Origin": "null", "Sec-Fetch-Site": "same-origin", "Cookie": f"{COOKIE}={sheet.cookie}"}
    return Ask("POST", sheet.path, _form(deed=deed, form=sheet.form), sent)


def _control(rig: Rig, knocker: Knocker, scanners: list[Scanner]) -> None:
    """Check that the buttons work for whom they are meant, in the end. Raises `AssertionError`."""
    for msp, scanner in zip(rig.msps, scanners, strict=True):
        before = rows(rig, msp)
        answer = knocker.ask(_press(scanner.mine))
        assert answer.status == 200, f"the right button was answered {answer.status}"
        assert changed(before, rows(rig, msp)), "the right button changed nothing"


def _form(**fields: str) -> bytes:
    return urlencode(fields).encode()
