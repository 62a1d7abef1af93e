"""The two providers, through their own libraries: one request, one answer, no tools, no retries below us.

The libraries build the request, sign it and name what went wrong. The body of an answer is read by us, piece by piece, so
that neither a slow nor an endless one holds a thread: nothing is looked at beyond the deadline or the size.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from escalation.model_reading.request import Request
from worker.model_reading.model import Answer, Model, NotAnswered
from worker.settings import Settings

LARGEST = 2 * 1024 * 1024
"""Bytes of an answer, its wrapping included."""
CONNECT_S = 5.0
LONGEST_WAIT_S = 3600.0
"""The longest that a provider may ask us to wait; what is above is taken for this."""


class _Streamed(Protocol):
    """What both libraries give for an answer whose body is still to be read."""

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


Opened = AbstractContextManager[_Streamed]


def model_for(settings: Settings) -> Model | None:
    """Return the model this installation may ask; None where AI_PROVIDER is `none`."""
    makers: dict[str, Callable[[Settings], Model]] = {"anthropic": Anthropic, "openai": OpenAI}
    make = makers.get(settings.model.provider)
    return make(settings) if make else None


class _Provider:
    """What both have in common. The library is imported with the first question: it takes seconds."""

    provider = ""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.model.model
        self._settings = settings.model
        self._deadline_s = settings.intervals.model_deadline
        self._most_tokens = settings.intervals.model_answer

    def ask(self, request: Request) -> Answer:
        """Return the answer. Raises `NotAnswered`."""
        body = self._body(self._open(request))
        try:
            message = json.loads(body)
        except ValueError as error:
            raise NotAnswered("the provider's answer is no JSON", outcome="unavailable", retry=True) from error
        if not isinstance(message, dict):
            raise NotAnswered("the provider's answer is no object", outcome="unavailable", retry=True)
        return self._answer(message)

    def _open(self, request: Request) -> Opened:
        raise NotImplementedError

    def _answer(self, message: dict[str, Any]) -> Answer:
        raise NotImplementedError

    def _errors(self) -> Any:
        raise NotImplementedError

    def _body(self, opened: Opened) -> bytes:
        errors, until = self._errors(), time.monotonic() + self._deadline_s
        pieces, size = [], 0
        try:
            with opened as response:
                for piece in response.iter_bytes():
                    size += len(piece)
                    pieces.append(piece)
                    if size > LARGEST:
                        raise NotAnswered("the answer is too long", outcome="unusable")
                    if time.monotonic() > until:
                        raise NotAnswered("no whole answer within the deadline", outcome="timeout", retry=True)
        except errors.APITimeoutError as error:
            raise NotAnswered("no answer within the deadline", outcome="timeout", retry=True) from error
        except errors.APIStatusError as error:
            raise _refused(error.status_code, error.response.headers.get("retry-after")) from error
        except errors.APIError as error:
            name = type(error.__cause__ or error).__name__
            raise NotAnswered(f"no connection: {name}", outcome="unavailable", retry=True) from error
        except _broken_bodies() as error:
            what = type(error).__name__
            slow = "Timeout" in what
            outcome = "timeout" if slow else "unavailable"
            raise NotAnswered(f"the answer broke off: {what}", outcome=outcome, retry=True) from error
        return b"".join(pieces)

    def _timeout(self) -> Any:
        import httpx2

        return httpx2.Timeout(self._deadline_s, connect=min(CONNECT_S, self._deadline_s))


class Anthropic(_Provider):
    """The Messages API with structured output (`output_config.format`)."""

    provider = "anthropic"

    def _errors(self) -> Any:
        import anthropic

        return anthropic

    def _open(self, request: Request) -> Opened:
        import anthropic

        client = anthropic.Anthropic(
            api_key=self._settings.key, base_url=self._settings.base_url, timeout=self._timeout(), max_retries=0
        )
        return client.messages.with_streaming_response.create(
            model=self.name,
            max_tokens=self._most_tokens,
            system=request.system,
            messages=[{"role": "user", "content": request.user}],
            output_config={"format": {"type": "json_schema", "schema": request.schema}},
        )

    def _answer(self, message: dict[str, Any]) -> Answer:
        tokens = _tokens(message, "input_tokens", "output_tokens")
        _require_end(message.get("stop_reason"), cut="max_tokens", refusals=("refusal",), tokens=tokens)
        content = message.get("content")
        blocks = content if isinstance(content, list) else []
        texts = [b.get("text") for b in blocks if isinstance(b, dict) and b.get("type") == "text"]
        return _said("".join(t for t in texts if isinstance(t, str)), self.name, tokens)


class OpenAI(_Provider):
    """The Chat Completions API with `json_schema`, which gateways, Azure, Ollama and vLLM speak too."""

    provider = "openai"

    def _errors(self) -> Any:
        import openai

        return openai

    def _open(self, request: Request) -> Opened:
        import openai

        client = openai.OpenAI(
            api_key=self._settings.key, base_url=self._settings.base_url, timeout=self._timeout(), max_retries=0
        )
        return client.chat.completions.with_streaming_response.create(
            model=self.name,
            max_completion_tokens=self._most_tokens,
            messages=[{"role": "system", "content": request.system}, {"role": "user", "content": request.user}],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "ticket_reading", "strict": True, "schema": request.schema},
            },
            store=False,
        )

    def _answer(self, message: dict[str, Any]) -> Answer:
        tokens = _tokens(message, "prompt_tokens", "completion_tokens")
        choices = message.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        said = choice.get("message")
        said = said if isinstance(said, dict) else {}
        if said.get("refusal"):
            raise NotAnswered("the model would not answer", outcome="refused", tokens=tokens)
        _require_end(choice.get("finish_reason"), cut="length", refusals=("content_filter",), tokens=tokens)
        content = said.get("content")
        return _said(content if isinstance(content, str) else "", self.name, tokens)


def _require_end(reason: Any, *, cut: str, refusals: tuple[str, ...], tokens: tuple[int, int]) -> None:
    """Raise `NotAnswered` for an answer that is not whole or none at all."""
    if reason in refusals:
        raise NotAnswered("the model would not answer", outcome="refused", tokens=tokens)
    if reason == cut:
        raise NotAnswered("the answer was cut at RESOLUTIONFLOW_MODEL_ANSWER tokens", outcome="unusable", tokens=tokens)


def _said(text: str, model: str, tokens: tuple[int, int]) -> Answer:
    if not text.strip():
        raise NotAnswered("an empty answer", outcome="unusable", tokens=tokens)
    return Answer(text, model, *tokens)


def _tokens(message: dict[str, Any], into: str, out: str) -> tuple[int, int]:
    usage = message.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    counts = [usage.get(name) for name in (into, out)]
    known = [min(count, 10_000_000) if isinstance(count, int) and count > 0 else 0 for count in counts]
    return known[0], known[1]


def _refused(status: int, retry_after: str | None) -> NotAnswered:
    if status in (408, 409, 429) or status >= 500:
        try:
            wait = min(max(float(retry_after or ""), 0.0), LONGEST_WAIT_S)
        except ValueError:
            wait = None
        outcome = "throttled" if status == 429 else "unavailable"
        return NotAnswered(f"the provider answered {status}", outcome=outcome, retry=True, retry_after=wait)
    hint = "; check the key" if status in (401, 403) else "; check AI_MODEL and AI_BASE_URL" if status == 404 else ""
    return NotAnswered(f"the provider answered {status}{hint}", outcome="rejected")


def _broken_bodies() -> tuple[type[Exception], ...]:
    """Return what a body raises that breaks off after its status has come."""
    import httpx2

    return (httpx2.HTTPError, httpx2.StreamError)
