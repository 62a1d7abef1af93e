"""Waits, limits and counts that can be set: `RESOLUTIONFLOW_<NAME>` for each, read and checked with the other settings."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

COUNTS = frozenset({"threads", "burst", "in_flight", "rings", "attempts", "model_answer", "model_tries"})
MAIL_OF_LEASE = 0.75
"""Of the lease that a message is taken for, how much its talk with the mail server may take."""
POST_MARGIN = 1.25
"""How much longer a whole POST may take than the silence on its socket."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Waits and limits, all in seconds unless they say otherwise. Settings, so that a test can run them in seconds."""

    sweep: float = 3.0
    """How often the sweeper looks for rows nobody rang for."""
    poll: float = 90.0
    """How often each account's tickets are polled for missed callbacks."""
    poll_overlap: float = 120.0
    """How far each poll looks back behind its cursor."""
    members: float = 180.0
    """How often each account's people are read, with a poll: who left has no access from then on."""
    lease: float = 60.0
    """How long a worker may hold a row before another takes it over."""
    connect_timeout: float = 4.0
    patience: float = 5.0
    """How long a call may wait for its place under our own rate limit."""
    read_timeout: float = 20.0
    post_timeout: float = 20.0
    """A POST of a note is given up after this; well inside the lease."""
    ambiguous_wait: float = 30.0
    """Added to the post time-out before a POST of unknown outcome may be repeated."""
    refresh_delay: float = 15.0
    """How long facts may settle before the brief in the ticket is edited."""
    longest_pause: float = 60.0
    """How long a ticket that is saved again and again waits for its next reading at most."""
    retry_base: float = 2.0
    retry_cap: float = 300.0
    refusal_wait: float = 5.0
    """After a 401 or 403 the next try comes no sooner; then always after as long as the refusal has lasted."""
    refusal_patience: float = 900.0
    """How long ConnectWise may refuse a brief before it is parked and the operator told; tried again even then."""
    refusal_cap: float = 21_600.0
    """The longest wait between two tries of what is refused."""
    mail_before_note: float = 60.0
    """When the note is not in the ticket after this, the engineers are told without it."""
    observe: float = 60.0
    """How often the ticket of a claimed handoff is read for its first action; less often as it grows older."""
    observe_open: float = 300.0
    """The same for one nobody has claimed: notes may raise no callback, and any callback may be lost."""
    notes: float = 75.0
    """How often an unfinished handoff's ticket is asked for its newest note, one short call; less often after two hours."""
    callback_check: float = 300.0
    """How often each account's callback entries and names are checked and brought back."""
    audit: float = 60.0
    """How often the auditor looks for what stands still."""
    canary: float = 300.0
    """How often a canary goes the way of a callback, for one account in turn."""
    canary_late: float = 60.0
    """A canary that has not come to its end after this is told of."""
    keep_callbacks: float = 14.0
    """How long callbacks that are done stay, in days."""
    keep_snapshots: float = 30.0
    """How long later evidence stays once its handoff has ended, in days; the first is kept for ever."""
    rings: int = 500
    """How many rows of one kind a single sweep rings for (a count)."""
    attempts: int = 12
    """How often a row is tried before it is parked (a count)."""
    model_deadline: float = 60.0
    """How long a model may take for a ticket. Nobody waits for it: the brief is in the ticket before."""
    model_answer: int = 8_000
    """The most tokens it may answer with (a count)."""
    model_tries: int = 4
    """How often it is asked about the same evidence while it does not answer (a count)."""

    @classmethod
    def of(cls, numbers: Mapping[str, float]) -> Intervals:
        """Return the usual ones but for these, which `numbers_in` read."""
        return cls(**{name: int(value) if name in COUNTS else value for name, value in numbers.items()})  # type: ignore[arg-type]


def numbers_in(wrong: list[str], env: Mapping[str, str]) -> dict[str, float]:
    """Read every `RESOLUTIONFLOW_<NAME>` that is a number; each must be positive."""
    found: dict[str, float] = {}
    names = [f.name for f in fields(Intervals)] + ["threads", "burst", "in_flight", "calls_per_second"]
    for name in names:
        key = f"RESOLUTIONFLOW_{name.upper()}"
        text = env.get(key)
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            wrong.append(f"{key} is {text!r}: give a number")
            continue
        if not math.isfinite(value) or value <= 0:
            wrong.append(f"{key} is {text}: give a number above 0")
            continue
        if name in COUNTS and value != int(value):
            wrong.append(f"{key} is {text}: give a whole number")
            continue
        found[name] = value
    known = {f"RESOLUTIONFLOW_{name.upper()}" for name in (*names, "VAR", "CRASH_FILE", "TOKEN")}
    for key in sorted(k for k in env if k.startswith("RESOLUTIONFLOW_") and k not in known):
        near = difflib.get_close_matches(key, known, n=1)
        wrong.append(f"{key} is no setting" + (f"; did you mean {near[0]}?" if near else ""))
    _check_lease(wrong, found)
    return found


def _check_lease(wrong: list[str], found: Mapping[str, float]) -> None:
    """A POST must be over well before another worker may take the handoff."""
    usual = Intervals()
    names = ("patience", "connect_timeout", "post_timeout")
    waits = {name: found.get(name, getattr(usual, name)) for name in names}
    lease, longest = found.get("lease", usual.lease), sum(waits.values()) * POST_MARGIN
    if longest > lease:
        parts = " + ".join(f"RESOLUTIONFLOW_{name.upper()} ({value:g} s)" for name, value in waits.items())
        wrong.append(
            f"{parts}, with a margin of a quarter, must be within RESOLUTIONFLOW_LEASE ({lease:g} s): a POST must be "
            "over before another worker may take the handoff"
        )
