"""How long an assistant's tools take, and how a session of 1,000 steps and 200 sessions at once reach the pod.

    python -m benchmarks.assistant [--rounds 20] [--sessions 200] [--at-once 20] [--steps 999]

The whole product runs against the simulated ConnectWise, embedded; the SDK's own client calls each tool over HTTP and over
stdio. Then many sessions at once get a step each through the API and are asked for as their pods show them, many clients open
a ticket at the same instant, and one session is filled to its limit, a tool's call each step. Seconds are wall time here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
import psutil
import requests
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from sqlalchemy import update

from escalation.sessions import steps as limits
from models.handoff import handoffs
from models.tables import AiSessionStep
from worker.demo.stack import Stack, until


def say(text: str = "") -> None:
    print(text, flush=True)


def p95(found: list[float]) -> float:
    return sorted(found)[max(0, -(-len(found) * 95 // 100) - 1)]


def row(what: str, found: list[float]) -> None:
    say(f"{what:44}{len(found):6}{median(found) * 1000:10.0f} ms{p95(found) * 1000:10.0f} ms")


class Office:
    """A running product and tokens for its people."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.web = stack, stack.web_url

    def token(self, login: str) -> str:
        services, account_id = self.stack.services, self.stack.account_id
        desk = services.desk(account_id)
        member_id = desk.member_id(login)
        assert member_id is not None
        return services.passes.api_token(account_id=account_id, member_id=member_id, epoch=desk.token_epoch)

    def ticket(self) -> int:
        number = self.stack.simulator.add_ticket(summary="Printer on floor 2 prints blank pages", member="jlind")
        self.stack.simulator.add_note(number, "Changed the toner, no change.", member="jlind")
        return number

    def two_minutes_later(self) -> None:
        """Let every step be two minutes old."""
        services, account_id = self.stack.services, self.stack.account_id
        then = services.clock() - timedelta(minutes=2)
        mine = (AiSessionStep.account_id == account_id, AiSessionStep.at > then)
        with services.database.account(account_id) as session:
            session.execute(update(AiSessionStep).where(*mine).values(at=then))

    def busy_s(self) -> float:
        """Return the processor time that the web has taken, in seconds (by hundredths)."""
        process = self.stack.part("web").process
        assert process is not None
        whole = psutil.Process(process.pid)
        return sum(sum(one.cpu_times()[:2]) for one in (whole, *whole.children(recursive=True)))

    def memory(self) -> dict[str, float]:
        """Return the resident memory of web and worker, each with its children, in MiB."""
        found = {}
        for name in ("web", "worker"):
            process = self.stack.part(name).process
            assert process is not None
            whole = psutil.Process(process.pid)
            found[name] = sum(one.memory_info().rss for one in (whole, *whole.children(recursive=True))) / 2**20
        return found


async def tools(client: Client, office: Office, rounds: int) -> dict[str, list[float]]:
    """Return each tool's seconds."""
    took: dict[str, list[float]] = {}

    async def call(name: str, **arguments: Any) -> str:
        begun = time.monotonic()
        answer = await client.call_tool(name, arguments)
        took.setdefault(name, []).append(time.monotonic() - begun)
        text = "".join(part.text for part in answer.content if part.type == "text")
        if answer.is_error:
            raise RuntimeError(f"{name}: {text}")
        return text

    for number in range(rounds):
        session = int((await call("open_ticket", ticket=office.ticket())).split()[1])
        for step in range(3):
            await call("record_step", session=session, text=f"step {step} of round {number}", outcome="no_change")
        await call("record_finding", session=session, text="the fuser is cold")
        await call("whats_been_tried", session=session)
        await call("next_open_step", session=session)
        await call("find_similar", words="printer blank pages")
        if number < 5:
            await call("escalate", session=session, reason="needs an engineer")
    return took


def over_http(office: Office, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        headers = {"Authorization": f"Bearer {office.token('jlind')}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{office.web}/mcp", http_client=http)) as client,
        ):
            return await talk(client)

    return asyncio.run(run())


def over_stdio(office: Office, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    environment = {**os.environ, "RESOLUTIONFLOW_TOKEN": office.token("jlind")}
    start = StdioServerParameters(
        command=sys.executable, args=["-m", "worker", "mcp", "--url", office.web], env=environment
    )

    async def run() -> Any:
        async with Client(start) as client:
            return await talk(client)

    return asyncio.run(run())


def api(office: Office, login: str) -> requests.Session:
    made = requests.Session()
    made.headers["Authorization"] = f"Bearer {office.token(login)}"
    return made


def at_once(office: Office, clients: int) -> None:
    """Let many clients open a ticket at the same instant, and tell what each of them is told."""
    tickets, took, told = [office.ticket() for _ in range(clients)], [], Counter[str]()

    async def one(ticket: int) -> None:
        headers = {"Authorization": f"Bearer {office.token('jlind')}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{office.web}/mcp", http_client=http)) as client,
        ):
            begun = time.monotonic()
            answer = await client.call_tool("open_ticket", {"ticket": ticket})
            took.append(time.monotonic() - begun)
            text = "".join(part.text for part in answer.content if part.type == "text")
            told[text if answer.is_error else "under way" if "still being read" in text else "read"] += 1

    async def all_of_them() -> None:
        await asyncio.gather(*(one(ticket) for ticket in tickets))

    asyncio.run(all_of_them())
    row(f"HTTP: open_ticket, {clients} clients at once", took)
    for words, count in told.most_common():
        say(f"  {count:3} of them: {words}")


def fill(office: Office, steps: int) -> None:
    """Fill one session step by step, each through the tool, and tell what grows with it; then hand the ticket over.

    A member may record 120 rows a minute. Whenever a minute's are recorded, those that stand are dated two minutes back in
    the benchmark's own database, as if that time had passed: the limit is in force all the while.
    """
    caller, ticket = api(office, "jlind"), office.ticket()
    memory = office.memory()
    marks = [mark for mark in (10, 100, steps // 2, steps) if mark <= steps]
    say()
    say("ms a call, and of these the web's own processor time; medians of ten")
    heads = f"{'record_step':>16}{'whats_been_tried':>19}{'next_open_step':>17}{'panel':>12}{'answers':>12}{'panel':>9}"
    say(f"{'a session of':16}{heads}")

    async def talk(client: Client) -> int:
        async def call(name: str, **arguments: Any) -> tuple[str, float]:
            begun = time.monotonic()
            answer = await client.call_tool(name, arguments)
            text = "".join(part.text for part in answer.content if part.type == "text")
            if answer.is_error:
                raise RuntimeError(f"{name}: {text}")
            return text, time.monotonic() - begun

        async def ten(calls: Callable[[], Awaitable[Any]]) -> str:
            took, before = [], office.busy_s()
            for _ in range(10):
                begun = time.monotonic()
                await calls()
                took.append(time.monotonic() - begun)
            return f"{median(took) * 1000:5.0f}, {(office.busy_s() - before) * 100:3.0f}"

        async def record() -> None:
            numbers.append(len(numbers) + 1)
            if len(numbers) % (limits.MOST_A_MINUTE // 2) == 1:
                office.two_minutes_later()
            lately.append((await call("record_step", session=it, **long_step(numbers[-1])))[1])

        async def panel() -> None:
            _pod(office, caller, ticket)

        it = int((await call("open_ticket", ticket=ticket))[0].split()[1])
        numbers: list[int] = []
        lately: list[float] = []
        for mark in marks:
            while len(numbers) < mark - 10:
                await record()
            parts = [await ten(record), await ten(lambda: call("whats_been_tried", session=it))]
            parts += [await ten(lambda: call("next_open_step", session=it)), await ten(panel)]
            answer = (await call("whats_been_tried", session=it))[0]
            sent = caller.get(f"{office.web}/pod/ticket/content?ticket={ticket}").content
            say(
                f"{len(numbers):6} steps    {parts[0]:>16}{parts[1]:>19}{parts[2]:>17}{parts[3]:>12}{len(answer) / 1000:9.1f} kB"
                f"{len(sent) / 1000:6.1f} kB"
            )  # fmt: skip
        office.two_minutes_later()
        say(f"the first step: {lately[0] * 1000:.0f} ms")
        row(f"record_step, all {len(lately)}", lately)
        begun = time.monotonic()
        said, _ = await call("escalate", session=it, reason="needs an engineer")
        say(f"escalate: {said} ({time.monotonic() - begun:.2f} s)")
        return it

    over_http(office, talk)
    handed_over(office, caller, ticket)
    after = office.memory()
    for part, before in memory.items():
        say(f"memory of {part}: {before:.0f} MiB before, {after[part]:.0f} after")


def long_step(number: int) -> dict[str, Any]:
    """Return a step unlike the others, some with output, changes, or still to do; about what fills a session's bytes too."""
    light = "on" if number % 3 else "off"
    text = f"checked port {number} of switch SW-{number % 48:02} in cabinet {number // 48}, link light {light}"
    if number % 10 == 9:
        return {"text": text.replace("checked", "check"), "still_to_do": True}
    output = f"Gi1/0/{number} up, 0 input errors, {number * 7919 % 10007} packets\n" * 5 if number % 4 == 0 else ""
    changed = f"port {number} moved to VLAN 20" if number % 50 == 0 else ""
    return {"text": text, "outcome": ("no_change", "failed", "worked")[number % 3], "output": output, "state_changed": changed}


def handed_over(office: Office, caller: requests.Session, ticket: int) -> None:
    """Tell what the brief, its package and the pod make of the ticket's session."""
    begun = time.monotonic()

    def posted() -> bool:
        found = office.stack.look(lambda s: handoffs.by_ticket(s, office.stack.account_id, ticket))
        return bool(found) and found[0].brief_state == "posted"

    until(posted, "the brief was not posted")
    waited = time.monotonic() - begun
    (note,) = [one for one in office.stack.simulator.notes(ticket) if "[ref: RF-" in one["text"]]
    listed = caller.get(f"{office.web}/api/v1/handoffs", params={"ticket": ticket}).json()["handoffs"]
    whole = caller.get(f"{office.web}/api/v1/handoffs/{listed[0]['id']}")
    package = whole.json()["escalation_package"]
    say(f"brief posted {waited:.2f} s after the escalation, {len(note['text'])} characters")
    say(
        f"package: {len(json.dumps(package).encode()) / 1000:.0f} kB, {len(package['steps_attempted'])} steps, "
        f"{len(package['still_to_do'])} still to do, {len(package['sources'])} sources; not read: "
        + ("; ".join(f"{one['source']} ({one['reason']})" for one in package["unread"]) or "nothing")
    )
    row("pod of the handoff", [_pod(office, caller, ticket) for _ in range(20)])


def _pod(office: Office, caller: requests.Session, ticket: int) -> float:
    begun = time.monotonic()
    caller.get(f"{office.web}/pod/ticket/content?ticket={ticket}").raise_for_status()
    return time.monotonic() - begun


def many(office: Office, sessions: int) -> None:
    """Record a step in each of many sessions at once, and ask for each pod right then."""
    logins = ["jlind", "msvensson", "tobrien"]

    def one(number: int) -> float:
        caller, ticket = api(office, logins[number % len(logins)]), tickets[number]
        it = asked(lambda: caller.post(f"{office.web}/api/v1/sessions", json={"ticket": ticket})).json()["id"]
        begun = time.monotonic()
        asked(lambda: caller.post(f"{office.web}/api/v1/sessions/{it}/steps", json={"steps": [{"text": "pinged it"}]}))
        answer = asked(lambda: caller.get(f"{office.web}/pod/ticket/content?ticket={ticket}"))
        assert "pinged it" in answer.text
        return time.monotonic() - begun

    def asked(ask: Callable[[], requests.Response]) -> requests.Response:
        """Ask until it is answered: a database that is too busy says so, and when to come back."""
        while (answer := ask()).status_code in (429, 503):
            put_off.append(answer.status_code)
            time.sleep(min(5.0, float(answer.headers.get("Retry-After", "1"))))
        answer.raise_for_status()
        return answer

    put_off: list[int] = []
    tickets = [office.ticket() for _ in range(sessions)]
    with ThreadPoolExecutor(16) as pool:
        row(f"step to panel, {sessions} sessions, 16 at once", list(pool.map(one, range(sessions))))
    say(f"told to come back: {len(put_off)} times")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.assistant", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=20, help="clients that open a ticket at the same instant")
    parser.add_argument("--steps", type=int, default=limits.MOST_STEPS - 1, help="of the one long session, one call each")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder)) as stack:
        office = Office(stack)
        say(f"{'':44}{'n':>6}{'p50':>13}{'p95':>13}")
        for name, way in (("HTTP", over_http), ("stdio", over_stdio)):
            took = way(office, lambda client: tools(client, office, options.rounds))
            for tool, found in took.items():
                row(f"{name}: {tool}", found)
        many(office, options.sessions)
        at_once(office, options.at_once)
        fill(office, options.steps)


if __name__ == "__main__":
    main()
