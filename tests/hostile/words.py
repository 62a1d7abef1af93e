"""Hostile words in every field of a ticket, secrets in its notes, hostile addresses: counted where they come out again.

Tickets go the whole way: from the simulated ConnectWise through callback, worker and broker into the note, the e-mails and
the claim page, which are read back as a browser and a CommonMark library read them.
"""

# ruff: noqa: SIM905 - addresses are easier to read in a row

from __future__ import annotations

import email
import email.policy
import random
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import redis
import requests
from markdown_it import MarkdownIt

from escalation.redaction.redact import redact
from psa.outbound.allowed_hosts import ForbiddenAddress, guarded_session
from tests.hostile.row import Row
from tests.hostile.secrets.count import HELD_OUT, SEEN, cases, count
from tests.hostile.test_secrets import growth
from tests.storm.rig import Escalation, Rig
from tests.unit.escalation.brief.test_sanitize import HOSTILE
from tests.unit.escalation.redaction.test_redact import BENIGN, PLANTED
from tests.unit.psa.outbound.test_allowed_hosts import CLOUD, HOSTILE_URLS, to_address
from tests.unit.psa.servers import RawServer, answer
from tests.unit.worker.mail.mails import Elements
from worker.demo.stack import until

SLOW = (
    "password ",
    "passwortpasswort",
    "pw: ",
    "a",
    "<b>",
    "&amp;",
    "a,password\n",
    "secret=",
    "-----BEGIN PRIVATE KEY-----",
)

HARMLESS = {"p", "strong", "ul", "li", "br", "hr", "em"}
"""What our own note is made of."""
_FIRST_LINE = re.compile(r"\*\*Escalated to engineers\.\*\*")
ACTING = {
    "script",
    "img",
    "iframe",
    "svg",
    "form",
    "object",
    "embed",
    "link",
    "base",
    "meta",
    "video",
    "audio",
    "input",
    "button",
}
PROSE = (
    ("she typed Maple-River44 as password and was let in", "Maple-River44"),
    ("gave Tom the temp pw Quartz!81 over the phone", "Quartz!81"),
    ("new password for the scanner mailbox: Heron_2207", "Heron_2207"),
    ("local admin pass on all of them is Tango77tango", "Tango77tango"),
    ("the router's login is admin with Pine$Cone3 as the password", "Pine$Cone3"),
    ("wifi password on the sticker says brass-otter-19", "brass-otter-19"),
    ("PIN for the safe room is 7741", "7741"),
    ("set his password to Delta#Wing9 and ticked must change", "Delta#Wing9"),
    ("voicemail pin changed to 6620", "6620"),
    ("password hint is dog, password Rex2011!", "Rex2011!"),
    ("vpn pre shared key: oak-Bridge-551", "oak-Bridge-551"),
    ("credentials for the portal are kmeyer / Lantern88!", "Lantern88!"),
    ("logged on as svc_scan with pw Copper.Kettle7", "Copper.Kettle7"),
    ("the old password (Summer!2019) still works on the NAS", "Summer!2019"),
    ("user's passcode on the iPad is 482917", "482917"),
    ("api key for the backup portal is 7f3a9c1be2d84c55", "7f3a9c1be2d84c55"),
    ("reset pw -> Birch%Lane2", "Birch%Lane2"),
    ("told her: your password is now Violet99Sky", "Violet99Sky"),
    ("combo for the comms cabinet 2-9-4-1, pin 2941", "2941"),
    ("key on the back of the router: Wifi-Plum-3308", "Wifi-Plum-3308"),
    ("he reads me the code from the app, 318 554", "318 554"),
    ("changed the svc account's password (now Basil+Thyme8)", "Basil+Thyme8"),
    ("SQL sa password found in the config file: Gr4nite*Rock", "Gr4nite*Rock"),
    ("left a sticky note with Fern77Moss! on the monitor, that is the new login password", "Fern77Moss!"),
    ("admin password for the switches: same as everywhere, Slate-Roof-12", "Slate-Roof-12"),
    ("UPS web card login apc / Volt_Amp9", "Volt_Amp9"),
    ("passwort wurde auf Winter%Sonne3 gesetzt", "Winter%Sonne3"),
    ("mot de passe: Fleur-2025!", "Fleur-2025!"),
    ("camera NVR password reset from 12345 to Owl#Eyes44", "Owl#Eyes44"),
    ("rdp as .\\localadm with password Pebble9Beach$", "Pebble9Beach$"),
    ("enable secret is now Juniper+Root5", "Juniper+Root5"),
    ("told the guest wifi code to reception: 88214470", "88214470"),
    ("use the PIN 5530 on the handset", "5530"),
    ("client secret for the app registration: Tq8~kk2.PlmWz-01xYvB", "Tq8~kk2.PlmWz-01xYvB"),
    ("bitwarden master pw she uses is Hazel-Nut-Tree-61", "Hazel-Nut-Tree-61"),
    ("pw for zip is Invoice!2026", "Invoice!2026"),
    ("the FTP user is web01 and the pass is Ink&Quill7", "Ink&Quill7"),
    ("unlock code for the BIOS 73019942", "73019942"),
    ("security question answer: mother's maiden name Thistlewood", "Thistlewood"),
    ("recovery password for the laptop 114477-225588-336699-441122-552233-663344-774455-885566", "336699"),
)
"""What people say and the secret in it; of the first twenty 17 were redacted when they were written, of the second 13."""


def reached(seed: int, count: int = 200) -> Row:
    """Try addresses that must not be connected to; a real listening socket is the witness."""
    draw = random.Random(seed)
    names = ["https://na.myconnectwise.net/", "https://api-na.myconnectwise.net/v4_6_release"]
    inside = (
        "127.0.0.1 127.9.9.9 10.0.0.5 172.16.3.4 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 ::1 :: fe80::1 fc00::1 "
        "::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: fd00:ec2::254"
    ).split()
    wrong = 0
    with RawServer(lambda *_: answer(200)) as server:
        for number in range(count):
            if number % 2:
                url, address = draw.choice(names) + draw.choice(["", "x?y=1", "#z"]), draw.choice(inside)
            else:
                url, address = HOSTILE_URLS[number // 2 % len(HOSTILE_URLS)], draw.choice(inside)
                if number // 2 >= len(HOSTILE_URLS):
                    url = url.replace("https", draw.choice(["HTTPS", "hTTps", " https", "https "])).replace(
                        "/", draw.choice(["/", "//", "/%2e/"]), 1
                    )
            before = server.connections
            session = guarded_session(CLOUD, resolver=to_address(address, server.port))
            try:
                session.get(url.format(port=server.port), timeout=1)
                wrong += 1
            except (ForbiddenAddress, requests.RequestException):
                wrong += server.connections != before
    return Row("addresses that must not be reached", count, wrong)


def _settled(rig: Rig, made: list[Escalation]) -> None:
    """Wait until each ticket has its brief and nobody is owed an e-mail."""

    def done() -> bool:
        return all(
            any("[ref: RF-" in note["text"] for note in one.msp.simulator.notes(one.ticket)) for one in made
        )

    until(done, "briefs did not come", within_s=180)
    told = 0
    end = time.monotonic() + 20
    while time.monotonic() < end:
        now = len(rig.mail.messages)
        if now and now == told:
            return
        told = now
        time.sleep(2)


def injected(rig: Rig, seed: int, count: int = 300) -> Row:
    """Write hostile text into summaries, descriptions and notes; count what acts in note, e-mails and claim page."""
    draw = random.Random(seed)
    msp, tried, made = rig.msps[0], 0, list[Escalation]()
    mails_before = len(rig.mail.messages)
    while tried < count:
        pieces = [
            f"{draw.choice(['', 'Rebooted it, ', 'error: ', 'still '])}{text}"
            for text in draw.choices(HOSTILE, k=10)
        ]
        ticket = msp.simulator.add_ticket(
            summary=pieces[0][:90],
            description=pieces[1],
            member=msp.junior,
            board=msp.board,
            configurations=1,
        )
        for text in pieces[2:]:
            msp.simulator.add_note(ticket, f"Checked the log. {text}\n{text}", member=msp.junior)
        tried += len(pieces)
        made.append(rig.change_status(msp, ticket))
    _settled(rig, made)
    wrong: list[str] = []
    for one in made:
        briefs = [
            note["text"] for note in one.msp.simulator.notes(one.ticket) if _FIRST_LINE.match(note["text"])
        ]
        wrong += [acting for text in briefs for acting in _acts_in_markdown(text)]
        if len(briefs) != 1:
            wrong.append(f"{len(briefs)} briefs in a ticket")
    links = set[str]()
    for message in list(rig.mail.messages)[mails_before:]:
        parsed = email.message_from_bytes(message.read_bytes(), policy=email.policy.default)
        for part in parsed.walk():
            if part.get_content_type() == "text/html":
                page = Elements(part.get_content())
                wrong += [tag for tag in page.tags if tag in ACTING - {"meta", "link"}] + page.handlers
                wrong += [
                    link
                    for link in page.links
                    if not link.startswith((rig.stack.web_url, rig.stack.simulator.url))
                ]
                links |= {link for link in page.links if "/claim/" in link}
        wrong += [name for name in ("Bcc", "Cc") if parsed[name]]
    for link in sorted(links)[:20]:
        with urllib.request.urlopen(link, timeout=5) as page:
            shown = Elements(page.read().decode())
            wrong += [
                tag for tag in shown.tags if tag in ACTING - {"meta", "link", "form", "input", "button"}
            ] + shown.handlers
    return Row(
        "hostile text in note, mail, page",
        tried,
        len(wrong),
        ", ".join(sorted(set(wrong))[:4]) or f"{len(made)} tickets, {len(links)} pages",
    )


def _acts_in_markdown(note: str) -> list[str]:
    tokens = [t for block in MarkdownIt().parse(note) for t in [block, *(block.children or ())]]
    return [t.tag for t in tokens if t.tag and t.tag not in HARMLESS] + [
        t.type for t in tokens if t.type in ("html_block", "html_inline", "link_open", "image")
    ]


def planted(rig: Rig, seed: int) -> list[Row]:
    """Write secrets into notes and look for them in everything that is stored, sent or logged."""
    draw = random.Random(seed)
    msp = rig.msps[0]
    told = [(text, secret) for _, text, secret in PLANTED]
    for name in ("devices", "commands", "tokens"):
        some = [(text, filled.secrets[0]) for _, _, filled, text in cases(name, seed, places=1)]
        told += draw.sample(some, 40)
    made = list[Escalation]()
    for begin in range(0, len(told), 12):
        ticket = rig.ticket(msp)
        msp.simulator.add_note(
            ticket, "Flushed DNS and renewed the lease of the till, no change.", member=msp.junior
        )
        for text, _ in told[begin : begin + 12]:
            msp.simulator.add_note(
                ticket,
                f"{draw.choice(['Tried it again.', 'On site.', 'Rang her.'])}\n{text}",
                member=msp.junior,
            )
        made.append(rig.change_status(msp, ticket))
    _settled(rig, made)
    notes = [
        n["text"] for one in made for n in one.msp.simulator.notes(one.ticket) if "[ref: RF-" in n["text"]
    ]
    places = {
        "notes and e-mails": "\n".join(notes) + "\n".join(_mailed(rig)),
        "logs, broker and database": "\n".join(_kept(rig)),
    }
    rows = []
    for place, text in places.items():
        if "renewed the lease of the till" not in text:
            raise AssertionError(
                f"{place}: what the notes say besides is not there, so looking for secrets proves nothing"
            )
        found = sorted({secret for _, secret in told if len(secret) >= 8 and secret in text})
        rows.append(Row(f"planted secrets in {place}", len(told), len(found), ", ".join(found[:3])))
    kept = [secret for text, secret in PROSE if secret in redact(text)]
    rows.append(Row("secrets in prose, left standing", len(PROSE), len(kept), ", ".join(kept[:4])))
    rows.append(Row("look-alikes redacted", len(BENIGN), sum(redact(text) != text for text in BENIGN)))
    return rows


def generated(seed: int) -> list[Row]:
    """Redact every generated kind in every place; what was held out when the rules were written is told apart."""
    rows = []
    for name in (*SEEN, *HELD_OUT):
        found = count(name, seed)
        rows.append(Row(f"generated: {name}", found.tried, found.wrong, f"{found.wrong / found.tried:.1%}"))
    return rows


def grown() -> list[Row]:
    """Redact texts of a megabyte made to be slow; count those that take out of proportion to an eighth of it."""
    ratios = {unit: growth(unit, 125_000, 1_000_000) for unit in SLOW}
    slow = [f"{unit!r} {ratio:.0f}" for unit, ratio in ratios.items() if ratio > 16]
    note = ", ".join(slow) or f"at most {max(ratios.values()):.1f} times for 8 times the text"
    return [Row("texts of 1 MB, slower than their size", len(SLOW), len(slow), note)]


def _mailed(rig: Rig) -> Iterator[str]:
    for message in rig.mail.messages:
        parsed = email.message_from_bytes(message.read_bytes(), policy=email.policy.default)
        yield from (part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text")


def _kept(rig: Rig) -> Iterator[str]:
    """Return what lies in log files, in the broker and, on SQLite, in the database's files."""
    for file in [
        *rig.stack.home.glob("log/*.log"),
        *rig.stack.home.glob("*.db*"),
        *rig.stack.home.glob("*.sqlite*"),
    ]:
        yield Path(file).read_bytes().decode("utf-8", "replace")
    broker = redis.Redis.from_url(rig.stack.services.settings.redis_client_url)
    for key in broker.scan_iter():
        match broker.type(key):
            case b"list":
                yield repr(broker.lrange(key, 0, -1))
            case b"hash":
                yield repr(broker.hgetall(key))
            case b"string":
                yield repr(broker.get(key))
