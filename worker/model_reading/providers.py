"""The two providers, through their own libraries: one request, one answer, no tools, no retries below us.

The libraries build the request, sign it and name what went wrong. The body of an answer is read by us, piece by piece, so
that neither a slow nor an endless one holds a thread: nothing is looked at beyond the deadline or the size.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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
        try:
            opened = self._open(request)
        except Exception as error:
            # Before anything is sent: the library cannot use a proxy, list of exceptions or certificates of the environment.
            name = type(error).__name__
            reason = f"the client cannot be set up ({name}): check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY and SSL_CERT_FILE"
            raise NotAnswered(reason, outcome="unavailable", retry=True) from error
        body = self._body(opened)
        try:
            message = self._joined(_events(body)) if _EVENTS.match(body) else json.loads(_COMMENTS.sub(b"", body))
        except (ValueError, RecursionError) as error:
            raise NotAnswered("the provider's answer is no JSON", outcome="unavailable", retry=True) from error
        if not isinstance(message, dict):
            raise NotAnswered("the provider's answer is no object", outcome="unavailable", retry=True)
        if message.get("error"):
            raise _told(message)
        return self._answer(message)

    def _open(self, request: Request) -> Opened:
        raise NotImplementedError

    def _joined(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the message that a server sent in pieces although it was not asked to."""
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
            raise _refused(error.status_code, error.response.headers.get("retry-after"), _code(error.body)) from error
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
        called = [_called(block) for block in content if isinstance(block, dict)] if isinstance(content, list) else []
        return _said(_text(content) or "".join(called), self.name, tokens)

    def _joined(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        message: dict[str, Any] = {"usage": {}}
        text = ""
        for event in events:
            begun, delta = _object(event, "message"), _object(event, "delta")
            text += delta["text"] if isinstance(delta.get("text"), str) else ""
            message["stop_reason"] = delta.get("stop_reason") or message.get("stop_reason")
            message["usage"] |= _object(begun, "usage") | _object(event, "usage")
            message["error"] = event.get("error") or message.get("error")
        return {**message, "content": text}


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
        if choice.get("error") or choice.get("finish_reason") == "error":
            raise _told(choice)
        said = _object(choice, "message")
        if said.get("refusal"):
            raise NotAnswered("the model would not answer", outcome="refused", tokens=tokens)
        _require_end(choice.get("finish_reason"), cut="length", refusals=("content_filter",), tokens=tokens)
        calls = said.get("tool_calls")
        whole = [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
        called = [_called(_object(call, "function")) for call in whole]
        # Some servers take the whole of an answer for thoughts. What is none is no JSON.
        thought = said.get("reasoning_content")
        return _said(_text(said.get("content")) or "".join(called) or _text(thought), self.name, tokens)

    def _joined(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        message: dict[str, Any] = {"usage": {}}
        text, reason = "", None
        for event in events:
            choices = event.get("choices")
            choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
            text += _text(_object(choice, "delta").get("content"))
            reason = choice.get("finish_reason") or reason
            message["usage"] |= _object(event, "usage")
            message["error"] = event.get("error") or choice.get("error") or message.get("error")
        return {**message, "choices": [{"message": {"content": text}, "finish_reason": reason}]}


_EVENTS = re.compile(rb"(?:\s*:[^\n]*\n)*\s*(?:data|event):")
_ENDED = re.compile(rb'\[DONE\]|"(?:finish|stop)_reason"\s*:\s*"|"error"')
_COMMENTS = re.compile(rb"\A(?:\s*:[^\n]*\n)+")
"""With these a gateway keeps a connection awake while the model thinks."""


def _events(body: bytes) -> list[dict[str, Any]]:
    """Return what each line of a stream of server-sent events holds. Raises `ValueError` for one that has no end."""
    if not _ENDED.search(body):
        raise ValueError("broken off")
    lines = [line[5:].strip() for line in body.splitlines() if line.startswith(b"data:")]
    events = [json.loads(line) for line in lines if line and line != b"[DONE]"]
    return [event for event in events if isinstance(event, dict)]


def _object(holder: dict[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _text(content: Any) -> str:
    """Return the words of an answer, in one text or in blocks; thoughts are none."""
    if isinstance(content, list):
        blocks = [b for b in content if isinstance(b, dict) and b.get("type") in ("text", "output_text")]
        content = "".join(b["text"] for b in blocks if isinstance(b.get("text"), str))
    return content if isinstance(content, str) and content.strip() else ""


def _called(tool: dict[str, Any]) -> str:
    """Return what a tool would have been called with: some gateways ask for a shape by offering one."""
    given = tool.get("arguments") or tool.get("input")
    return json.dumps(given) if isinstance(given, dict) else given if isinstance(given, str) else ""


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
    counts = [_object(message, "usage").get(name) for name in (into, out)]
    known = [int(min(count, 10_000_000)) if isinstance(count, int | float) and count > 0 else 0 for count in counts]
    return known[0], known[1]


def _refused(status: int, retry_after: str | None, code: str = "") -> NotAnswered:
    if code == "content_filter":
        return NotAnswered("the provider would not have the ticket's text", outcome="refused")
    if status in (408, 409, 425, 429) or status >= 500:
        outcome = "throttled" if status == 429 else "unavailable"
        return NotAnswered(f"the provider answered {status}", outcome=outcome, retry=True, retry_after=_wait(retry_after))
    hints = {401: "check the key", 403: "check the key", 402: "check the account's credit", 404: "check AI_MODEL and AI_BASE_URL"}
    told = f" ({code})" if code else ""
    hint = f"; {hints[status]}" if status in hints else ""
    return NotAnswered(f"the provider answered {status}{told}{hint}", outcome="rejected")


def _told(message: dict[str, Any]) -> NotAnswered:
    """Return what an error says that came with a good status: gateways pass on so what failed behind them."""
    error = message["error"] if isinstance(message.get("error"), dict) else {}
    given = str(error.get("code") or message.get("code") or "")
    status = int(given) if re.fullmatch("[45][0-9]{2}", given) else 503
    return _refused(status, None, _code(message))


def _code(body: Any) -> str:
    """Return the provider's word for what is wrong; nothing that could hold words of the ticket."""
    error = body.get("error", body) if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and re.fullmatch("[a-z_]{3,40}", code) else ""


def _wait(retry_after: str | None) -> float | None:
    """Return the seconds that a header asks for, as a number or as a date; None if it does not."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after or "") - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT_S)


def _broken_bodies() -> tuple[type[Exception], ...]:
    """Return what a body raises that breaks off after its status has come."""
    import httpx2

    return (httpx2.HTTPError, httpx2.StreamError)
