"""Callbacks that ConnectWise did not send: each kind aims at tickets of its own that nobody escalated."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.hostile.knock import Ask, Knocker, handoffs_of, inbox_of, settled
from tests.hostile.row import Row
from tests.storm.rig import Msp, Rig

REFUSED = frozenset({400, 403, 404, 405, 413, 429})
TAMPERED = "callback: a signed body changed afterwards"


@dataclass(frozen=True, slots=True)
class Sample:
    """A genuine callback of one account, and what a forger may know of it."""

    msp: Msp
    path: str
    """With the account's path token and ConnectWise's parameters."""
    body: bytes
    signature: str
    key: str
    site: str

    def escalating(self, ticket: int) -> dict[str, Any]:
        """Return a new callback that says that this ticket was escalated."""
        whole: dict[str, Any] = json.loads(self.body)
        entity = json.loads(whole["Entity"]) | {"id": ticket}
        return whole | {"ID": ticket, "MessageId": str(uuid.uuid4()), "Entity": json.dumps(entity)}


@dataclass(frozen=True, slots=True)
class Forger:
    """Makes forged callbacks for `mine`, knowing all of `other`, which is a customer of the same cloud."""

    mine: Sample
    other: Sample
    chance: random.Random

    def changed_afterwards(self, ticket: int) -> Ask:
        raw = self.mine.body
        if self.chance.random() < 0.5:
            whole = json.loads(raw) | {"ID": ticket}
            whole["Entity"] = json.dumps(json.loads(whole["Entity"]) | {"id": ticket})
            return _post(self.mine, json.dumps(whole, separators=(",", ":")).encode(), self.mine.signature)
        changed = bytearray(raw)
        at = self.chance.randrange(len(raw))
        changed[at] ^= 1 << self.chance.randrange(8)
        return _post(self.mine, bytes(changed), self.mine.signature)

    def broken_signature(self, ticket: int) -> Ask:
        raw = json.dumps(self.mine.escalating(ticket)).encode()
        digest = bytearray(base64.b64decode(sign(raw, self.mine.key)))
        digest[self.chance.randrange(32)] ^= 1 << self.chance.randrange(8)
        flipped = base64.b64encode(digest).decode()
        good = base64.b64decode(sign(raw, self.mine.key))
        return _post(self.mine, raw, self.chance.choice([
            flipped, "", " ", "AAAA", good.hex(), f"sha256={flipped}", base64.b64encode(good[:31]).decode(),
            base64.b64encode(good + b"\0").decode(), base64.b64encode(bytes(32)).decode(), "é" * 44, "null",
            self.mine.signature, base64.b64encode(good)[:-2].decode(), f"{flipped},{flipped}", flipped * 100,
        ]))  # fmt: skip

    def other_algorithm(self, ticket: int) -> Ask:
        """Sign with the right key in a wrong way."""
        raw = json.dumps(self.mine.escalating(ticket)).encode()
        key, hashed = self.mine.key.encode(), hashlib.sha256(self.mine.key.encode()).digest()
        digest = self.chance.choice([
            hmac.digest(key, raw, "sha256"), hmac.digest(hashed, raw, "sha1"), hmac.digest(hashed, raw, "sha512"),
            hmac.digest(hashed, raw, "sha512")[:32], hashlib.sha256(raw).digest(), hashlib.sha256(hashed + raw).digest(),
            hmac.digest(b"", raw, "sha256"), hmac.digest(hashed, b"", "sha256"), hmac.digest(hashed, raw, "md5"),
            hmac.digest(hashed.hex().encode(), raw, "sha256"), hmac.digest(hashed, raw.strip(b"}"), "sha256"),
        ])  # fmt: skip
        return _post(self.mine, raw, base64.b64encode(digest).decode())

    def others_key(self, ticket: int) -> Ask:
        """Sign with the valid key of another tenant and name either company's key, in all the ways there are."""
        whole = self.mine.escalating(ticket)
        theirs = json.loads(self.other.body)
        url = whole["Metadata"]["key_url"]
        whole["Metadata"] = {"key_url": self.chance.choice([
            url, theirs["Metadata"]["key_url"], _key_id(url, _id_of(theirs["Metadata"]["key_url"])),
            _key_id(theirs["Metadata"]["key_url"], _id_of(url)), url.replace("companyName", "companyname"),
            theirs["Metadata"]["key_url"] + f"&companyName={self.mine.msp.name}",
        ])}  # fmt: skip
        whole["CompanyId"] = self.chance.choice([whole["CompanyId"], theirs["CompanyId"], whole["CompanyId"].upper()])
        return _signed(self.mine, whole, self.other.key)

    def other_company(self, ticket: int) -> Ask:
        """Sign with the right key, and name another company."""
        whole = self.mine.escalating(ticket)
        whole["CompanyId"] = self.chance.choice([
            self.other.msp.name, "", " ", None, 7, [whole["CompanyId"]], whole["CompanyId"] + " ", "*", "%",
            whole["CompanyId"] + "\0", f"{whole['CompanyId']}_c", {"id": whole["CompanyId"]},
        ])  # fmt: skip
        return _signed(self.mine, whole, self.mine.key)

    def other_key_url(self, ticket: int) -> Ask:
        """Let the key come from elsewhere; signed with either key."""
        whole = self.mine.escalating(ticket)
        url, host = whole["Metadata"]["key_url"], self.mine.site.removeprefix("http://")
        port = host.rpartition(":")[2]
        elsewhere = self.chance.choice([
            "http://169.254.169.254", f"http://evil@{host}", f"http://{host}@evil.example", "https://na.myconnectwise.net",
            f"http://localhost:{port}", f"http://127.1:{port}", f"http://[::1]:{port}", f"http://2130706433:{port}",
            f"http://{host}.evil.example", "file:///etc/passwd?", f"ftp://{host}", f"https://{host}", "http://127.0.0.1:1",
            f"//{host}", "", f"http://0x7f.0.0.1:{port}", f"http://{host}\\@evil.example", f"gopher://{host}",
        ])  # fmt: skip
        bent = self.chance.choice([
            url.replace(self.mine.site, elsewhere), url.replace(self.mine.site, elsewhere), url + "#x", url + "&x=1",
            url.replace("callbackkey", "members"), url.replace("//system", "/../system"), url.replace("index.rails", ""),
            url.replace("?", "?redirect=http://evil.example&"), "", None, [url], {"url": url}, url + "\r\nX: y",
            _key_id(url, "../../x"), _key_id(url, ""), _key_id(url, "0" * 40),
        ])  # fmt: skip
        whole["Metadata"] = {"key_url": bent}
        return _signed(self.mine, whole, self.chance.choice([self.mine.key, self.other.key]))

    def two_readings(self, ticket: int) -> Ask:
        """Say a thing twice, too deep or too long, or not in JSON; rightly signed, so that only reading refuses it."""
        whole = self.mine.escalating(ticket)
        plain = json.dumps(whole)
        deep = '{"a":' * 30 + "1" + "}" * 30
        raw = self.chance.choice([
            plain[:-1] + f',"ID":{ticket}}}', '{"CompanyId":"other",' + plain[1:], plain[:-1] + ',"Type":"ticket"}',
            plain[:-1] + f',"x":{deep}}}', json.dumps(whole | {"x": "y" * 262_144}), plain[:-1] + ',"x":NaN}',
            plain + plain, f"[{plain}]", plain[:-1], json.dumps(whole | {"ID": f"{ticket} "}), "\ufeff\ufeff" + plain,
            json.dumps(whole | {"ID": -ticket}), json.dumps(whole | {"ID": ticket + 0.5}), "[" * 100_000,
            json.dumps(whole | {"ID": 2**63}), json.dumps(whole | {"Type": "ticket\n"}), json.dumps(whole | {"Action": 1}),
            plain.replace('"ID": ', '"ID": 1' + "0" * 5000), json.dumps(whole | {"MessageId": "x" * 300}),
        ]).encode()  # fmt: skip
        if self.chance.random() < 0.1:
            raw = plain.encode("utf-16")
        return _post(self.mine, raw, sign(raw, self.mine.key))

    def other_token(self, ticket: int) -> Ask:
        """Send what is genuine, or would be, to the address of another account."""
        if self.chance.random() < 0.5:
            return _post(self.other, self.mine.body, self.mine.signature)
        raw = json.dumps(self.mine.escalating(ticket)).encode()
        return _post(self.other, raw, sign(raw, self.mine.key))

    def no_token(self, ticket: int) -> Ask:
        """Send what the account's own key signed to an address that nobody has."""
        raw = json.dumps(self.mine.escalating(ticket)).encode()
        place, _, query = self.mine.path.partition("?")
        front, _, token = place.rpartition("/")
        at = self.chance.randrange(len(token))
        wrong = self.chance.choice([
            token[:at] + chr((ord(token[at]) - 64) % 26 + 97) + "~" + token[at + 1 :], token[:-1], token + "A", "",
            token.swapcase(), "x" * 43, "%00", token + "%00", "..%2f" + token, token + "/", token + "%20", "*", "%25",
            str(self.mine.msp.account_id), self.mine.msp.name, "'%20OR%201=1--", f"{self.chance.getrandbits(256):064x}",
        ])  # fmt: skip
        return Ask("POST", f"{front}/{wrong}?{query}", raw, _headers(sign(raw, self.mine.key)))


KINDS: dict[str, Callable[[Forger, int], Ask]] = {
    TAMPERED: Forger.changed_afterwards,
    "callback: signature missing, cut, flipped": Forger.broken_signature,
    "callback: right key, wrong algorithm": Forger.other_algorithm,
    "callback: another tenant's valid key": Forger.others_key,
    "callback: right key, another company": Forger.other_company,
    "callback: key from elsewhere": Forger.other_key_url,
    "callback: twice, too deep, too large, no JSON": Forger.two_readings,
    "callback: another account's address": Forger.other_token,
    "callback: an address that nobody has": Forger.no_token,
}
REPLAYED = "callback: a genuine one again"


def forged(rig: Rig, seed: int, count: int = 500) -> list[Row]:
    """Send `count` callbacks that are none; return a row for each kind.

    Wrong is each that is accepted or answered with 5xx, each stored callback or handoff that came of it, and each brief
    in a ticket that nobody escalated. A genuine one that comes again may be answered with 204, and stores nothing.
    """
    chance = random.Random(seed)
    samples = _samples(rig)
    names = [*KINDS, REPLAYED]
    victims = {name: [_victim(sample.msp) for sample in samples] for name in names}
    settled(rig)
    before = [inbox_of(rig, msp) for msp in rig.msps]
    planned = []
    for number in range(count):
        name, who = names[number % len(names)], number // len(names) % 2
        mine, other = samples[who], samples[1 - who]
        if name == REPLAYED:
            planned.append((name, _post(mine, mine.body, mine.signature)))
        else:
            planned.append((name, KINDS[name](Forger(mine, other, chance), victims[name][who])))
    answers = Knocker(rig.stack.web_url).all([ask for _, ask in planned])
    tried, wrong = Counter(name for name, _ in planned), Counter[str]()
    for (name, ask), answer in zip(planned, answers, strict=True):
        good = answer.status in REFUSED or (name == REPLAYED and answer.status == 204)
        # A caller that is refused in the middle of a large body may find the line cut before it has read why.
        wrong[name] += not (good or (answer.broken and answer.status < 500 and len(ask.body) > 65_536))
    settled(rig)
    wrong += _effects(rig, victims, before)
    _control(rig, samples)
    return [Row(name, tried[name], wrong[name]) for name in names]


def sign(raw: bytes, key: str) -> str:
    """Sign as ConnectWise does: HMAC-SHA256 over the raw body, keyed with the SHA-256 of the signing key."""
    return base64.b64encode(hmac.digest(hashlib.sha256(key.encode()).digest(), raw, "sha256")).decode()


def _control(rig: Rig, samples: list[Sample]) -> None:
    """Check that what the forgers started from is taken when nothing is wrong with it. Raises `AssertionError`."""
    for sample in samples:
        ticket = _victim(sample.msp)
        answer = Knocker(rig.stack.web_url).ask(_signed(sample, sample.escalating(ticket), sample.key))
        assert answer.status == 204, f"a genuine callback was answered {answer.status}: {answer.text}"
        assert ticket in inbox_of(rig, sample.msp).values(), "a genuine callback was not stored"


def _effects(rig: Rig, victims: dict[str, list[int]], before: list[dict[int, int | None]]) -> Counter[str]:
    """Count what the forgeries left behind, by kind."""
    found = Counter[str]()
    for who, msp in enumerate(rig.msps):
        kind = {tickets[who]: name for name, tickets in victims.items()}
        for number, ticket in inbox_of(rig, msp).items():
            if number not in before[who]:
                found[kind.get(ticket or 0, TAMPERED)] += 1
        for ticket in handoffs_of(rig, msp).values():
            if ticket in kind:
                found[kind[ticket]] += 1
        for note in msp.simulator.state()["tables"]["notes"]:
            if int(note["ticketId"]) in kind and "[ref: RF-" in note["text"]:
                found[kind[int(note["ticketId"])]] += 1
    return found


def _samples(rig: Rig) -> list[Sample]:
    """Escalate a ticket in each account, which pins its key, and return the callbacks of it."""
    made = rig.escalate(len(rig.msps))
    settled(rig)
    found = []
    for one in made:
        (sent, *_) = [
            each for each in one.msp.simulator.deliveries()
            if each["type"] == "ticket" and each["record_id"] == one.ticket and each["raised"] >= one.at
        ]  # fmt: skip
        keys = one.msp.simulator.credentials()
        path = sent["url"].removeprefix(rig.stack.web_url)
        found.append(Sample(one.msp, path, sent["body"].encode(), sent["signature"], keys["signing_key"], keys["url"]))
    return found


def _victim(msp: Msp) -> int:
    return msp.simulator.add_ticket(summary="Mouse wheel squeaks", member=msp.junior, board=msp.board)


def _headers(signature: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "x-content-signature": signature}


def _post(sample: Sample, raw: bytes, signature: str) -> Ask:
    return Ask("POST", sample.path, raw, _headers(signature))


def _signed(sample: Sample, whole: dict[str, Any], key: str) -> Ask:
    raw = json.dumps(copy.deepcopy(whole)).encode()
    return _post(sample, raw, sign(raw, key))


def _id_of(key_url: str) -> str:
    return key_url.rpartition("&id=")[2]


def _key_id(key_url: str, key_id: str) -> str:
    return f"{key_url.rpartition('&id=')[0]}&id={key_id}"
