"""From keys to the first proof: set-up and report, as a new owner runs them, timed, with the figures against the truth.

    python -m benchmarks.first_hour [--days 365] [--escalations 1200] [--members 13] [--boards 4] [--pace 1000]

The simulated ConnectWise makes up a history and keeps its truth. Then the product's own commands run against it, each a
process of its own: `setup --yes`, told nothing but site, company and keys, and `shadow --days 90`. Shown are wall time,
reads, the most memory a command held, what was proposed, and the report's figures beside the truth of the same 90 days.
`--members` and `--boards` fill the shop up with technicians and boards that no ticket names.
`--pace` is our own limit, in reads a second: at the usual 5 the same reads take as long as the last column says.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

from psa.simulator.server import Simulator

USUAL_PACE = 5.0
NEAR = timedelta(seconds=60)


def ran(arguments: list[str], environment: dict[str, str], out: Path) -> tuple[float, float]:
    """Run one command and return its seconds and its greatest memory in MiB. Raises `RuntimeError` if it fails."""
    begun = time.monotonic()
    with out.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "worker", *arguments], env=environment, stdout=file, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{' '.join(arguments[:2])}: {said[-400:]}{out.read_text()[-400:]}")
    return time.monotonic() - begun, used.ru_maxrss / 1024


def main() -> None:
    """Print the table and the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--escalations", type=int, default=1200, help="in the whole history; three tickets each")
    parser.add_argument("--members", type=int, default=0, help="so many at least")
    parser.add_argument("--boards", type=int, default=0, help="so many at least")
    parser.add_argument("--pace", type=float, default=1000.0, help="reads a second")
    options = parser.parse_args()
    begun = time.monotonic()
    with (
        Simulator(seed=1, history_days=options.days, history_escalations=options.escalations) as simulator,
        tempfile.TemporaryDirectory() as folder,
    ):
        world, place = simulator.office().world, Path(folder)
        fill_up(world.tables, members=options.members, boards=options.boards)
        boards, members = len(world.tables["boards"]), len(world.tables["members"])
        say(f"{len(world.tables['tickets'])} tickets in {options.days} days, {boards} boards, {members} members "
            f"(made up in {time.monotonic() - begun:.0f} s)")  # fmt: skip
        tenant = world.tenant
        environment = {
            "PATH": os.environ["PATH"], "RESOLUTIONFLOW_VAR": folder, "CONNECTWISE_PUBLIC_KEY": tenant.public_key,
            "CONNECTWISE_PRIVATE_KEY": tenant.private_key, "CONNECTWISE_CLIENT_ID": tenant.client_id,
            "RESOLUTIONFLOW_CALLS_PER_SECOND": str(options.pace), "RESOLUTIONFLOW_BURST": str(max(30, int(options.pace))),
        }  # fmt: skip
        setup = ["setup", "--yes", "--site", simulator.url, "--company", tenant.company, "--allow-private"]
        say("| command | seconds | reads | writes | MiB | at 5 reads a second |")
        say("|---|---|---|---|---|---|")
        for arguments in (setup, ["shadow", tenant.company, "--days", "90", "--json"]):
            simulator.door.log.clear()
            seconds, memory = ran(arguments, environment, place / f"{arguments[0]}.out")
            rows = simulator.door.log.shown()["requests"]
            reads = sum(row["method"] == "GET" for row in rows)
            say(f"| `{arguments[0]}` | {seconds:.0f} | {reads} | {len(rows) - reads} | {memory:.0f} | "
                f"{reads / USUAL_PACE / 60:.1f} min |")  # fmt: skip
        say("\nproposed:")
        said = (place / "setup.out").read_text().splitlines()
        say("\n".join(line for line in said if line.startswith("  ") and "  " in line[2:]))
        compare(json.loads((place / "shadow.out").read_text()), world.history)


def fill_up(tables: dict[str, Any], *, members: int, boards: int) -> None:
    """Add technicians like the first one, and boards like the last one with its statuses, until there are so many."""
    for number in range(len(tables["members"]), members):
        login, new = f"tech{number}", max(tables["members"]) + 1
        one = {**next(iter(tables["members"].values())), "id": new, "identifier": login, "firstName": "Extra", "lastName": login}
        tables["members"][new] = {**one, "primaryEmail": f"{login}@example.test", "officeEmail": f"{login}@example.test"}
    last = max(tables["boards"])
    statuses = [row for row in tables["statuses"].values() if row["board"]["id"] == last]
    for number in range(len(tables["boards"]), boards):
        board = max(tables["boards"]) + 1
        tables["boards"][board] = {**tables["boards"][last], "id": board, "name": f"Board {number + 1}"}
        for row in statuses:
            new = max(tables["statuses"]) + 1
            tables["statuses"][new] = {**row, "id": new, "board": {**row["board"], "id": board, "name": f"Board {number + 1}"}}


def compare(told: dict[str, Any], history: list[dict[str, Any]]) -> None:
    """Print what the replay found beside what is true of the same days."""
    since = datetime.fromisoformat(told["since"])
    truth = [row for row in history if _at(row["at"]) > since and not row["bulk"]]
    left = list(truth)
    wrong = dated = 0
    for episode in told["episodes"]:
        if "escalated_at" not in episode:
            continue
        ticket, at = int(episode["episode"].split("/")[0]), datetime.fromisoformat(episode["escalated_at"])
        row = next((r for r in left if r["ticket"] == ticket and abs(_at(r["at"]) - at) <= NEAR), None)
        wrong += row is None
        dated += row is not None
        if row is not None:
            left.remove(row)
    spans = [(_at(row["acted_at"]) - _at(row["at"])).total_seconds() / 60 for row in truth if row.get("acted_at")]
    found = told["clocks"]["total"]["calendar"]
    say(f"\nescalations: {len(truth)} true, {dated} dated within 60 s, {wrong} wrong; coverage stated {told['coverage']:.0%}, "
        f"true {dated / len(truth):.0%}")  # fmt: skip
    say(f"until the first action, all hours: true average {fmean(spans):.1f} min of {len(spans)}, "
        f"stated {found['mean']} (n={found['n']}, 95% {found['ci95']})")  # fmt: skip


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
