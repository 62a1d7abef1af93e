"""What we ask of any model: one request, one answer, and in words why there was none."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from escalation.model_reading.places import Place
from escalation.model_reading.request import Request, TornFence, request_for


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote, as it wrote it, and what it took."""

    text: str
    model: str
    """As the provider names what answered."""
    tokens_in: int = 0
    tokens_out: int = 0


class NotAnswered(Exception):
    """There is no answer that could be used. `outcome` is one word for the row; the message holds no ticket text."""

    outcome = "failed"

    def __init__(
        self,
        message: str,
        *,
        outcome: str | None = None,
        retry: bool = False,
        retry_after: float | None = None,
        tokens: tuple[int, int] | None = None,
    ) -> None:
        """`retry`: whether it may pass by itself; `retry_after` in seconds, as the provider asked; `tokens` in and out."""
        super().__init__(message)
        self.outcome = outcome or self.outcome
        self.retry = retry
        self.retry_after = retry_after
        self.tokens = tokens


class Model(Protocol):
    """Whatever answers a request. Adapters translate their provider's errors into `NotAnswered`."""

    provider: str
    name: str

    def ask(self, request: Request) -> Answer: ...


class Asks(Protocol):
    """Makes a request about a ticket. Raises `TornFence`."""

    def __call__(self, summary: str, places: Sequence[Place], *, mark: str) -> Request | None: ...


def fresh_request(summary: str, places: Sequence[Place], *, make: Asks = request_for) -> Request | None:
    """Return the request about a ticket under a new mark; None if there is nothing to read."""
    while True:
        try:
            return make(summary, places, mark=f"#{secrets.token_hex(12)}#")
        except TornFence:  # 96 random bits that stand in the ticket: try others
            continue
