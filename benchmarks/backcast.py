"""How well a replay of history finds what really happened, where that is known.

    python -m benchmarks.backcast [--seeds 1 2 3 4 5 6] [--escalations 60] [--days 90]

The simulated ConnectWise makes up months of history, each seed with another one and with one of three invented wordings
of the audit trail, and keeps the truth apart. The product's own `shadow` replays it over HTTP without being told anything
but the account's status names, as before `connect`. Shown are, for each seed:

- *dated*: of the true escalations, how many were found within 60 seconds of the truth.
- *wrong*: found ones that are none, or are dated more than 60 seconds off.
- *unseen*: true ones that are not even candidates; those that are, without a date, are the rest.
- *coverage*: as the product states it, and as it truly is (dated / true ones).
- *claim*, *action*: of the dated ones, how often who took it is right with the moment within 60 seconds, or that nobody
  did; the same for the first action.
- *average*: minutes from escalation to first action of all true ones, and of those that were found with both moments.

A mass clean-up that puts many tickets into the status at once counts as no escalation, on both sides.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

from escalation.figures.observations import Observation
from models.account import accounts
from models.database.schema import migrate
from psa.simulator.server import Simulator
from worker.account.onboarding import account_named
from worker.history.reading import Progress
from worker.history.shadow import Shadow, shadow
from worker.settings import Settings
from worker.wiring import Services, from_settings

NEAR, MINUTE = timedelta(seconds=60), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Score:
    """What one replay came to against the truth."""

    true: int
    dated: int
    wrong: int
    unseen: int
    stated_coverage: float
    claims: int
    actions: int
    answered: int
    """Dated ones whose claim and first action are known."""
    found_mean: float
    true_mean: float
    usable: bool
    seconds: float

    @property
    def coverage(self) -> float:
        """Return the true coverage."""
        return self.dated / self.true if self.true else 0.0


def replayed(seed: int, *, days: int, escalations: int, folder: Path) -> tuple[Shadow, list[dict[str, Any]], str, float]:
    """Replay one made-up history; return what was found, the truth, the wording, and the seconds it took."""
    with Simulator(seed=seed, history_days=days, history_escalations=escalations) as simulator:
        services = _services(simulator, folder)
        begun = time.monotonic()
        try:
            account = account_named(services, "northgate")
            found = shadow(services, account, days=days, briefs=0, progress=Progress(out=io.StringIO()))
        finally:
            services.close()
        took = time.monotonic() - begun
        world = simulator.office().world
        truth = [row for row in world.history if _at(row["at"]) > found.since and not row["bulk"]]
        return found, truth, world.wording, took


def _services(simulator: Simulator, folder: Path) -> Services:
    tenant = simulator.office().world.tenant
    services = from_settings(
        Settings.read({
            "SECRET_KEYS": "benchmark" * 5, "RESOLUTIONFLOW_VAR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/b.db",
            "RESOLUTIONFLOW_CALLS_PER_SECOND": "1000", "RESOLUTIONFLOW_BURST": "1000",
        })
    )  # fmt: skip
    migrate(services.settings.database_url)
    with services.database.system() as system:
        accounts.add_account(
            system, services.cipher, name="northgate", site=simulator.url, company=tenant.company, allow_private=True,
            public_key=tenant.public_key, private_key=tenant.private_key, client_id=tenant.client_id,
            now=datetime.now(UTC), board_names=["Help Desk", "Network/NOC"], escalate_status_names=["Escalated"],
            claim_status_names=["Assigned to Engineer"], engineers=["msvensson", "tobrien", "akhan"],
            time_zone="Europe/London",
        )  # fmt: skip
    return services


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def score(found: Shadow, truth: Sequence[dict[str, Any]], seconds: float) -> Score:
    """Compare what was found with the truth."""
    observed = [o for o in found.baseline.observations if o.escalated_at]
    pairs = _matched(observed, truth)
    known = [(o, row) for o, row in pairs if "claimed_how" in row or row.get("way") == "unclaimed"]
    seen = {int(o.episode.split("/")[0]) for o in found.baseline.observations}
    met = {id(row) for _, row in pairs}
    spans = [(_at(row["acted_at"]) - _at(row["at"])) / MINUTE for row in truth if row.get("acted_at")]
    answers = [(o.acted_at - o.escalated_at) / MINUTE for o, _ in known if o.acted_at and o.escalated_at]
    return Score(
        true=len(truth), dated=len(pairs), wrong=len(observed) - len(pairs),
        unseen=sum(id(row) not in met and row["ticket"] not in seen for row in truth),
        stated_coverage=found.baseline.coverage or 0.0,
        claims=sum(_right(o.claimed_at, row["claimed_at"]) and o.technician == row["claimed_by"] for o, row in known),
        actions=sum(_right(o.acted_at, row["acted_at"]) for o, row in known), answered=len(known),
        found_mean=fmean(answers or [0.0]), true_mean=fmean(spans or [0.0]), usable=found.baseline.usable, seconds=seconds,
    )  # fmt: skip


def _matched(
    observed: Sequence[Observation], truth: Sequence[dict[str, Any]]
) -> list[tuple[Observation, dict[str, Any]]]:
    left = list(truth)
    pairs = []
    for o in observed:
        ticket = int(o.episode.split("/")[0])
        row = next((r for r in left if r["ticket"] == ticket and _right(o.escalated_at, r["at"])), None)
        if row is not None:
            left.remove(row)
            pairs.append((o, row))
    return pairs


def _right(found: datetime | None, true: str | None) -> bool:
    if found is None or true is None:
        return found is None and true is None
    return abs(found - _at(true)) <= NEAR


def main() -> None:
    """Print a line for each seed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6])
    parser.add_argument("--escalations", type=int, default=60)
    parser.add_argument("--days", type=int, default=90)
    options = parser.parse_args()
    say("| seed | wording | true | dated | wrong | unseen | coverage: stated, true | claim | action | average: true, found |")
    say("|---|---|---|---|---|---|---|---|---|---|")
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as folder:
            found, truth, wording, took = replayed(
                seed, days=options.days, escalations=options.escalations, folder=Path(folder)
            )
        one = score(found, truth, took)
        say(
            f"| {seed} | `{wording}` | {one.true} | {one.dated} | {one.wrong} | {one.unseen} | "
            f"{one.stated_coverage:.0%}, {one.coverage:.0%} | {one.claims}/{one.answered} | {one.actions}/{one.answered} | "
            f"{one.true_mean:.1f}, {one.found_mean:.1f} |"
        )


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
