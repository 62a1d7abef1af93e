"""How long an assistant's tools take, and how a session of 1,000 steps and 200 sessions at once reach the pod.

    python -m benchmarks.assistant [--rounds 20] [--sessions 200]

The whole product runs against the simulated ConnectWise, embedded; the SDK's own client calls each tool over HTTP and over
stdio. Then steps are recorded through the API: one session filled to its limit, and many sessions at once, each asked for
as its pod shows it. Seconds are wall time on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
import psutil
import requests
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from worker.demo.stack import Stack

CALLS = 50
"""Steps of one request."""


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


def fill(office: Office, most: int) -> None:
    """Fill one session to its limit of rows, at the pace a member may, and time the pod at the end."""
    caller, ticket = api(office, "jlind"), office.ticket()
    it = caller.post(f"{office.web}/api/v1/sessions", json={"ticket": ticket}).json()["id"]
    took, number = [], 0
    while number < most:
        steps = [{"text": f"step {number + n}: checked port {n}", "outcome": "no_change"} for n in range(CALLS)]
        begun = time.monotonic()
        answer = caller.post(f"{office.web}/api/v1/sessions/{it}/steps", json={"steps": steps})
        if answer.status_code == 429:
            time.sleep(5)
            continue
        answer.raise_for_status()
        took.append(time.monotonic() - begun)
        number += CALLS
    row(f"{CALLS} steps recorded, up to {number} in the session", took)
    row(f"pod of a session of {number} steps", [_pod(office, caller, ticket) for _ in range(20)])


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
    parser.add_argument("--steps", type=int, default=100, help="of the one long session; 120 a minute are allowed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder)) as stack:
        office = Office(stack)
        say(f"{'':44}{'n':>6}{'p50':>13}{'p95':>13}")
        for name, way in (("HTTP", over_http), ("stdio", over_stdio)):
            took = way(office, lambda client: tools(client, office, options.rounds))
            for tool, found in took.items():
                row(f"{name}: {tool}", found)
        many(office, options.sessions)
        fill(office, options.steps)
        parts = [part for part in psutil.Process().children(recursive=True) if "gunicorn" in " ".join(part.cmdline())]
        say(f"memory of the web's processes: {', '.join(f'{part.memory_info().rss / 2**20:.0f} MiB' for part in parts)}")


if __name__ == "__main__":
    main()
