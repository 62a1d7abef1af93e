"""Every route of pages, sign-in, streams, claim links and API, read from the web's own map, tried on another account's rows.

A route that somebody adds is tried without being named here. Each attempt is made with what one account's members hold (an API
token, a pod's token, a browser's cookie with all that our own page sends along, a claim link) and names handoffs, tickets,
places and keys of the other; half of the attempts go in each direction.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from models.tables import Account
from tests.hostile.crossings import KEPT, Side, control, foreign, sides_of
from tests.hostile.knock import Ask, Knocker, changed, members_of, rows, settled
from tests.hostile.row import Row
from tests.storm.rig import Rig
from webhooks.app import create_app
from webhooks.authorization import COOKIE
from webhooks.streams.hand_over import PATH as STREAM
from worker.process.tokens import Audience

WINGS = frozenset({"pages", "sign_in", "pod_session", "streams", "api", "claims"})
"""Blueprints; the others know no account (health, metrics) or are ConnectWise's door (callbacks, see `forgeries`)."""
LISTEN_S = 1.0


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one rule."""

    wing: str
    method: str
    rule: str


@dataclass(frozen=True, slots=True)
class Intruder:
    """Makes requests with `mine` that name what is `theirs`."""

    rig: Rig
    mine: Side
    theirs: Side
    keys: tuple[str, str]
    """The page keys of mine and theirs."""
    foreign: tuple[int, ...]
    chance: random.Random

    def ask(self, route: Route) -> Ask:
        target = self.chance.choice(self.theirs.handoffs)
        path = route.rule.replace("<int:handoff_id>", str(target)).replace("<int:number>", str(self.chance.choice(self.foreign)))
        path = path.replace("<token>", self._link(target)).replace("<name>", self.chance.choice([str(target), f"..%2f{target}"]))
        pool = {
            "account": self.keys[1], "open": str(target), "next": self.theirs.cursor, "limit": "200", "listing": "true",
            "handoff_id": str(target), "account_id": str(self.theirs.msp.account_id), "show": "all", "as": "panel",
            "episode": "1", "q": "printer",
        }  # fmt: skip
        query = dict(self.chance.sample(sorted(pool.items()), self.chance.randrange(5)))
        # A wish for a ticket of a number that one has too would be a wish of one's own.
        query["ticket"] = str(self.chance.choice(self.theirs.tickets if route.method == "GET" else self.foreign))
        headers, body = self._pass(), b""
        if route.method == "POST":
            said = {"reason": "not yours", "text": "not yours", "verdict": "wrong", "deed": "claim",
                    "account_id": str(self.theirs.msp.account_id), "handoff_id": str(target)}  # fmt: skip
            if route.wing in ("api", "pod_session"):
                kind, body = "application/json", json.dumps(said | self._proof()).encode()
            else:
                kind, body = "application/x-www-form-urlencoded", urlencode(said).encode()
            headers["Content-Type"] = kind
        return Ask(route.method, f"{path}?{urlencode(query)}", body, headers)

    def _pass(self) -> dict[str, str]:
        return self.chance.choice(self.passes())

    def passes(self) -> list[dict[str, str]]:
        """Return what opens one's own: an API token, a pod's, a browser's cookie; with all that our own page sends along."""
        services, msp = self.rig.stack.services, self.mine.msp
        member = members_of(self.rig, msp)[msp.engineers[0]]
        epoch = services.desk(msp.account_id).token_epoch

        def token(audience: Audience) -> str:
            return services.passes.tokens.sign(audience, account_id=msp.account_id, member_id=member, epoch=epoch)

        ours = {"X-ResolutionFlow": "page", "Origin": self.rig.stack.web_url, "Sec-Fetch-Site": "same-origin"}
        return [
            {"Authorization": f"Bearer {self.mine.token}"}, {"Authorization": f"Bearer {token(Audience.POD)}", **ours},
            {"Cookie": f"{COOKIE}={token(Audience.BROWSER)}", **ours},
        ]  # fmt: skip

    def _link(self, target: int) -> str:
        """Return a claim link of one's own; or one for their handoff, rightly signed for one's own account."""
        member = members_of(self.rig, self.mine.msp)[self.mine.msp.engineers[0]]
        signed = self.rig.stack.services.passes.claim_link(
            "", account_id=self.mine.msp.account_id, handoff_id=target, member_id=member, epoch=1
        )
        return self.chance.choice([self.mine.link, signed.removeprefix("/claim/"), quote(self.mine.token, safe="")])

    def _proof(self) -> dict[str, str]:
        """Return what ConnectWise proves of one's own member, said on their page."""
        login = self.mine.msp.engineers[0]
        return {"account": self.keys[1], "memberid": login, "memberHash": self.mine.msp.simulator.member_hash(login),
                "memberContext": "web"}  # fmt: skip


def every_route(rig: Rig, seed: int, count: int = 1000) -> list[Row]:
    """Try each route with what is not its own, at least `count` times in all; return a row for each wing.

    Wrong is an answer with a word of theirs, a deed on a handoff of theirs that is answered as done, 5xx, an event that names a
    handoff of theirs, and each of their rows that changed. The note names the routes. Raises `AssertionError` where an account
    does not even see its own.
    """
    chance, knocker = random.Random(seed), Knocker(rig.stack.web_url)
    both = sides_of(rig, knocker, seed)
    keys = [_page_key(rig, side) for side in both]
    ways = [
        Intruder(rig, mine, theirs, (keys[n], keys[1 - n]), foreign(mine, theirs), chance)
        for n, (mine, theirs) in enumerate((both, both[::-1]))
    ]
    routes = routes_of(rig)
    each = -(-count // len(routes))
    tried, wrong, first = Counter[str](), Counter[str](), dict[str, str]()

    def note(wing: str, trouble: str) -> None:
        tried[wing] += 1
        if trouble:
            wrong[wing] += 1
            first.setdefault(wing, trouble)

    settled(rig)  # a session's ticket is read, and its step goes into the brief
    before = [rows(rig, side.msp, KEPT) for side in both]
    plan = [(ways[n % 2], route, ways[n % 2].ask(route)) for route in routes if route.rule != STREAM for n in range(each)]
    for (way, route, ask), answer in zip(plan, knocker.all([ask for *_, ask in plan]), strict=True):
        deed = re.match(r"/(?:api/v1/handoffs|escalations)/(\d+)", ask.path)
        done = deed and int(deed[1]) in way.theirs.handoffs and answer.status < 400
        through = answer.broken or bool(done) or way.theirs.names(answer.text)
        note(route.wing, f"{ask.method} {ask.path[:120]} was answered {answer.status}" if through else "")
    settled(rig)
    for side, was in zip(both, before, strict=True):
        for key in changed(was, rows(rig, side.msp, KEPT)):
            note("rows", f"{side.msp.name}: {key}")
    for n in range(2):
        for told in _overheard(rig, knocker, ways[n], each // 2 + 1):
            note("streams", told)
    control(knocker, both)
    for way in ways:
        for headers in way.passes():
            own = knocker.ask(Ask("GET", "/escalations/cards?show=all", headers=headers))
            assert own.status == 200, f"one's own queue was answered {own.status} with {sorted(headers)}"
            assert way.mine.names(own.text), f"none of its words in an account's own queue, with {sorted(headers)}"
    names: dict[str, list[str]] = {}
    for route in routes:
        names.setdefault(route.wing, []).append(f"{route.method} {route.rule}")
    notes = {wing: "; ".join([*filter(None, [first.get(wing)]), *names.get(wing, ())]) for wing in tried}
    return [Row(f"every route: {wing}", tried[wing], wrong[wing], notes[wing]) for wing in sorted(tried)]


def routes_of(rig: Rig) -> list[Route]:
    """Return the routes of the wings that know an account, as the web itself has them."""
    app = create_app(dataclasses.replace(rig.stack.services.settings, log_level="CRITICAL"))
    app.extensions["resolutionflow"].dispose()
    return [
        Route(rule.endpoint.partition(".")[0], method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in WINGS
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _overheard(rig: Rig, knocker: Knocker, way: Intruder, count: int) -> list[str]:
    """Listen `count` times with places of theirs, while they move; return for each what was heard of theirs."""
    theirs = way.theirs
    places = [_first_id(rig, {"Authorization": f"Bearer {theirs.token}"}), "1.1", "0", ""]

    def listen(_: int) -> str:
        headers = {**way._pass(), "Last-Event-ID": way.chance.choice(places)}
        lines = _read_stream(rig, headers)
        ids = {int(each) for found in re.findall(r'"handoffs": \[([0-9, ]*)\]', lines) for each in re.findall(r"\d+", found)}
        heard = sorted(ids & set(theirs.handoffs))
        return f"heard of {heard}" if heard else "" if "event:" in lines else f"no stream: {lines[:80]}"

    found: list[str] = []
    while len(found) < count:
        with ThreadPoolExecutor(10) as crew:
            wave = [crew.submit(listen, n) for n in range(min(10, count - len(found)))]
            for deed in ("claim", "release"):
                path = f"/api/v1/handoffs/{theirs.handoffs[0]}/{deed}"
                knocker.ask(Ask("POST", path, headers={"Authorization": f"Bearer {theirs.token}"}))
            found += [each.result() for each in wave]
    return found


def _first_id(rig: Rig, headers: dict[str, str]) -> str:
    found = re.search(r"^id: (.+)$", _read_stream(rig, headers), re.MULTILINE)
    assert found, "an account's own stream says nothing"
    return found[1]


def _read_stream(rig: Rig, headers: dict[str, str]) -> str:
    place = urlsplit(rig.stack.web_url)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=LISTEN_S)
    text = b""
    with contextlib.closing(line), contextlib.suppress(TimeoutError):
        line.request("GET", STREAM, headers=headers)
        answer = line.getresponse()
        while part := answer.read1(65536):
            text += part
    return text.decode()


def _page_key(rig: Rig, side: Side) -> str:
    with rig.stack.services.database.account(side.msp.account_id, reading=True) as session:
        account: Any = session.get(Account, side.msp.account_id)
        return str(account.page_key)


