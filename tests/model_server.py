"""A stand-in for the two providers' HTTP APIs: Anthropic's Messages and OpenAI's Chat Completions, with their odd answers.

Written from the providers' published request and answer shapes, not from our client. It checks what every request must
have, keeps it, and answers as `plan` says: each entry is used once, the last one for ever.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reader = Callable[[str], Any]
"""From the user's message to what the model writes: an object, or a text as it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one request is answered."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    """Before anything is sent."""
    trickle_s: float = 0.0
    """Between pieces of the body."""
    body: bytes | None = None
    """Instead of the provider's own shape."""
    cut: int | None = None
    """Close the connection after so many bytes of the body."""
    stop: str = ""
    """Another reason why the answer ended than that it was done."""
    refusal: str = ""


class ModelServer:
    """Runs on a port of its own until it is closed."""

    def __init__(self, read: Reader | None = None, assess: Reader | None = None) -> None:
        self.read: Reader = read or first_sentences
        self.assess: Reader = assess or (lambda _: abstains())
        """Answers what is asked for in the shape of an assessment; what was so asked, and how, is kept apart."""
        self.assess_plans: list[Plan] = [Plan()]
        self.asked_to_assess: list[dict[str, Any]] = []
        self.plans: list[Plan] = [Plan()]
        self.asked: list[dict[str, Any]] = []
        """Path, headers and body of each request."""
        self.wrong: list[str] = []
        """What a request lacked that the provider would refuse it for."""
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                server._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def environment(self, provider: str) -> dict[str, str]:
        """Return the settings that let the product ask this server."""
        base = self.url if provider == "anthropic" else f"{self.url}/v1"
        return {"AI_PROVIDER": provider, f"{provider.upper()}_API_KEY": "key-for-tests", "AI_BASE_URL": base}

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        try:
            body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        except (OSError, ValueError):  # whoever asked has died in the middle of it
            handler.close_connection = True
            return
        with self._lock:
            about = _is_assessment(body)
            kept, plans = (self.asked_to_assess, self.assess_plans) if about else (self.asked, self.plans)
            kept.append({"path": handler.path, "headers": dict(handler.headers), "body": body})
            plan = plans.pop(0) if len(plans) > 1 else plans[0]
        made = self._anthropic(handler, body, plan) if handler.path == "/v1/messages" else self._openai(handler, body, plan)
        if plan.status != 200:
            made = json.dumps({"error": {"type": "error", "message": f"status {plan.status}"}}).encode()
        made = plan.body if plan.body is not None else made
        time.sleep(plan.wait_s)
        try:
            handler.send_response(plan.status)
            headers = {"Content-Type": "application/json", "Content-Length": str(len(made)), **plan.headers}
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            for start in range(0, len(made[: plan.cut]), 200 if plan.trickle_s else len(made) or 1):
                end = min(start + 200, plan.cut or len(made)) if plan.trickle_s else plan.cut or len(made)
                handler.wfile.write(made[start:end])
                handler.wfile.flush()
                time.sleep(plan.trickle_s)
            if plan.cut is not None:
                handler.close_connection = True
        except OSError:
            handler.close_connection = True  # whoever asked has gone

    def _anthropic(self, handler: BaseHTTPRequestHandler, body: dict[str, Any], plan: Plan) -> bytes:
        key = handler.headers.get("x-api-key") or handler.headers.get("Authorization", "").removeprefix("Bearer ")
        self._require("the key", key == "key-for-tests")  # the API takes either header
        self._require("anthropic-version header", bool(handler.headers.get("anthropic-version")))
        self._require("max_tokens", isinstance(body.get("max_tokens"), int))
        asked_for = body.get("output_config", {}).get("format", {})
        self._require("a JSON schema", asked_for.get("type") == "json_schema" and _strict(asked_for.get("schema")))
        self._require("no tools", "tools" not in body)
        text = _written(self._says(body, body["messages"][0]["content"]))
        return json.dumps({
            "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
            "content": [] if plan.refusal else [{"type": "text", "text": text}],
            "stop_reason": "refusal" if plan.refusal else plan.stop or "end_turn", "stop_sequence": None,
            "usage": {"input_tokens": 1200, "output_tokens": 300},
        }).encode()  # fmt: skip

    def _openai(self, handler: BaseHTTPRequestHandler, body: dict[str, Any], plan: Plan) -> bytes:
        self._require("the path", handler.path == "/v1/chat/completions")
        self._require("a bearer token", handler.headers.get("Authorization") == "Bearer key-for-tests")
        asked_for = body.get("response_format", {})
        schema = asked_for.get("json_schema", {})
        self._require("a JSON schema", asked_for.get("type") == "json_schema" and schema.get("strict") is True)
        self._require("a strict schema", _strict(schema.get("schema")))
        self._require("no tools", "tools" not in body)
        text = _written(self._says(body, body["messages"][-1]["content"]))
        message = {"role": "assistant", "content": None if plan.refusal else text, "refusal": plan.refusal or None}
        return json.dumps({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": plan.stop or "stop"}],
            "usage": {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500},
        }).encode()  # fmt: skip

    def _says(self, body: dict[str, Any], message: str) -> Any:
        return (self.assess if _is_assessment(body) else self.read)(message)

    def _require(self, what: str, holds: bool) -> None:
        if not holds:
            self.wrong.append(what)


def _is_assessment(body: dict[str, Any]) -> bool:
    return "likely_cause" in json.dumps([body.get("output_config"), body.get("response_format")])


def _written(said: Any) -> str:
    return said if isinstance(said, str) else json.dumps(said)


def _strict(schema: Any) -> bool:
    """Tell whether a schema is one that both providers accept: every object closed, every property required."""
    if isinstance(schema, list):
        return all(_strict(one) for one in schema)
    if not isinstance(schema, dict):
        return True
    if schema.get("type") == "object" and (
        schema.get("additionalProperties") is not False or sorted(schema["required"]) != sorted(schema["properties"])
    ):
        return False
    if {"minLength", "maxLength", "minItems", "maxItems", "pattern"} & schema.keys():
        return False
    return all(_strict(value) for value in schema.values())


def texts_of(message: str) -> dict[int, str]:
    """Return the texts of a ticket as a model sees them, by their numbers."""
    mark = re.search(r"The mark of this request is (\S+)\. ", message)
    assert mark is not None
    fence = re.escape(mark.group(1))
    found = re.finditer(rf"^{fence} place (\d+), [^\n]*\n(.*?)\n{fence} end of place \1$", message, re.M | re.S)
    return {int(place.group(1)): place.group(2) for place in found}


def answer(*steps: dict[str, Any], **lists: Any) -> dict[str, Any]:
    """Return what a model writes: the steps, and nothing else but what is given."""
    return {
        "steps": list(steps), "evidence": [], "error_codes": [], "ruled_out": [], "left_changed": [], "domain": "network",
        **lists,
    }  # fmt: skip


def abstains() -> dict[str, Any]:
    """Return an assessment that says nothing."""
    return {"enough": False, "likely_cause": {"statement": "", "place": 0, "quote": ""}, "suggested_steps": [], "confidence": 0}


def assessed(cause: tuple[str, int, str], *steps: tuple[str, int, str], confidence: int = 80, **others: Any) -> dict[str, Any]:
    """Return an assessment: statements, each with the number of a place and a quotation."""
    named = [dict(zip(("statement", "place", "quote"), one, strict=True)) for one in (cause, *steps)]
    return {"enough": True, "likely_cause": named[0], "suggested_steps": named[1:], "confidence": confidence, **others}


def step(place: int, quote: str, outcome: str = "no_change", result: str = "", **others: Any) -> dict[str, Any]:
    """Return one step of such an answer."""
    return {
        "place": place, "quote": quote, "actor": "tech", "result_place": place, "result_quote": result, "outcome": outcome,
        **others,
    }  # fmt: skip


def first_sentences(message: str) -> dict[str, Any]:
    """Read as a poor model would: the first sentence of each note is a step that changed nothing."""
    firsts = {number: text.strip().split(".")[0] for number, text in texts_of(message).items() if number}
    return answer(*(step(number, first) for number, first in firsts.items() if len(first) > 4))
