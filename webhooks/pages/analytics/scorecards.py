"""One account's scorecard as the plain values of `metrics --json`, computed once for each moment asked about."""

from __future__ import annotations

import csv
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from models.figures.scoring import reckoning
from webhooks.authorization import Viewer
from webhooks.pages.desk import Desk

FigureJson = Mapping[str, Any]
"""`n`, `mean`, `median`, `ci95`, `status`, and what it rests on, as `Figure.listing` says it."""

KEPT = 64
STEP_S = 300
"""Pages that name no moment share one for so long: it takes up to a second to compute."""
_FIGURE = {"n", "mean", "median", "ci95", "status"}
_COLUMNS = ("figure", "unit", "status", "n", "unfinished", "baseline_n", "mean", "median", "ci95_from", "ci95_to", "episodes",
            "left_out")  # fmt: skip


class Scorecards:
    """Computes scorecards, and keeps the last ones: that of a moment that is past stays the same for ever."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: OrderedDict[tuple[int, datetime], dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def recent(self) -> datetime:
        """Return the moment that pages share now."""
        now = self._desk.clock().timestamp()
        return datetime.fromtimestamp(now - now % STEP_S, UTC)

    def card(self, viewer: Viewer, as_of: datetime) -> dict[str, Any]:
        """Return the scorecard with the episodes behind each figure. Raises `Away`."""
        key = (viewer.account_id, as_of)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]

        def read() -> Callable[[], dict[str, Any]]:
            with self._desk.database.account(viewer.account_id, reading=True) as session:
                work = reckoning(session, viewer.account_id, as_of=as_of)

            def once() -> dict[str, Any]:
                with self._lock:
                    if key in self._kept:  # somebody else's, while we waited for a place
                        return self._kept[key]
                card = work().to_json(listing=True)
                with self._lock:
                    self._kept[key] = card
                    while len(self._kept) > KEPT:
                        self._kept.popitem(last=False)
                return card

            return once

        return self._desk.bulkhead.compute(read)


def figures(card: Mapping[str, Any]) -> dict[str, FigureJson]:
    """Return every figure of a scorecard by its place in the JSON, such as `clocks/total/business`."""
    return dict(_walk(card, ""))


def _walk(value: Any, place: str) -> Iterator[tuple[str, FigureJson]]:
    if isinstance(value, Mapping):
        if value.keys() >= _FIGURE:
            yield place, value
        else:
            for name, each in value.items():
                yield from _walk(each, f"{place}/{name}".lstrip("/"))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _walk(each, f"{place}/{number}")


def as_csv(card: Mapping[str, Any]) -> str:
    """Return every figure as a line for a spreadsheet, with the numbers of the JSON; no cell begins a formula."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(_COLUMNS)
    for place, figure in figures(card).items():
        low, high = figure["ci95"] or ("", "")
        left = "; ".join(f"{each['episode']}: {each['reason']}" for each in figure["excluded"])
        lines.writerow([
            _harmless(place), figure["unit"], figure["status"], figure["n"], figure["unfinished"], figure["baseline_n"],
            figure["mean"], figure["median"], low, high, " ".join(figure["episodes"]), _harmless(left),
        ])  # fmt: skip
    return out.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
