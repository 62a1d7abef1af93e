"""Both providers' own libraries against a stand-in of each one's HTTP API.

Kinds of what gateways and servers of one's own answer: words in blocks, beside thoughts, as a tool's call, in the field of
thoughts; a stream nobody asked for; a comment before the object; an error with a good status; an error that names itself; waits
as dates and as no number. Kinds of what an environment keeps the libraries from: proxies, exceptions to them, certificates.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from escalation.model_reading.answer import check
from escalation.model_reading.places import Place
from tests.model_server import ModelServer, Plan, answer, step
from worker.model_reading.model import Model, NotAnswered, fresh_request
from worker.model_reading.providers import LARGEST, model_for
from worker.settings import Settings

PLACES = [
    Place(0, "description", "unknown", "A", "Phones lose their registration at random."),
    Place(1, "internal note", "technician", "B", "Rebooted the switch, same again. Swapped the cable on port 4."),
]


@pytest.fixture(params=["anthropic", "openai"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    one = ModelServer(lambda message: answer(step(1, "Rebooted the switch, same again", result="same again")))
    yield one
    one.close()


@pytest.fixture
def model(server: ModelServer, provider: str, tmp_path: Path) -> Model:
    given = {
        **server.environment(provider), "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path),
        "RESOLUTIONFLOW_MODEL_DEADLINE": "1", "AI_MODEL": "a-model",
    }  # fmt: skip
    made = model_for(Settings.read(given))
    assert made is not None
    return made


def ask(model: Model) -> str:
    request = fresh_request("Phones", PLACES)
    assert request is not None
    return model.ask(request).text


def failing(model: Model) -> NotAnswered:
    with pytest.raises(NotAnswered) as failure:
        ask(model)
    assert not any(place.text in str(failure.value) for place in PLACES)
    return failure.value


def test_asks_with_a_schema_and_without_tools_and_gets_what_the_model_wrote(
    model: Model, server: ModelServer, provider: str
) -> None:
    request = fresh_request("Phones", PLACES)
    assert request is not None
    said = model.ask(request)
    assert (server.wrong, said.tokens_in, said.tokens_out) == ([], 1200, 300)
    assert (model.provider, model.name) == (provider, "a-model")
    checked = check(said.text, request.covered, reader=model.name)
    assert [found.span.evidence for found in checked.reading.steps] == ["Rebooted the switch, same again"]
    sent = json.dumps(server.asked[0]["body"])
    assert len(server.asked) == 1
    assert "key-for-tests" not in sent


def test_a_refusal_is_no_answer_and_is_not_repeated(model: Model, server: ModelServer) -> None:
    server.plans = [Plan(refusal="I cannot help with that")]
    error = failing(model)
    assert (error.outcome, error.retry, error.tokens) == ("refused", False, (1200, 300))


def test_an_answer_that_is_cut_at_the_limit_is_of_no_use(model: Model, server: ModelServer, provider: str) -> None:
    server.plans = [Plan(stop="max_tokens" if provider == "anthropic" else "length")]
    assert failing(model).outcome == "unusable"


@pytest.mark.parametrize("plan", [Plan(wait_s=3.0), Plan(trickle_s=0.6)], ids=["silent", "trickling"])
def test_a_slow_answer_is_given_up_at_the_deadline(model: Model, server: ModelServer, plan: Plan) -> None:
    ask(model)  # imports the library, which is not what is timed
    server.plans = [plan]
    began = time.monotonic()
    error = failing(model)
    assert (error.outcome, error.retry) == ("timeout", True)
    assert time.monotonic() - began < 2 * 1.0 + 1.0


def test_a_throttled_call_waits_as_long_as_the_provider_says(model: Model, server: ModelServer) -> None:
    server.plans = [Plan(status=429, headers={"Retry-After": "17"})]
    error = failing(model)
    assert (error.outcome, error.retry, error.retry_after) == ("throttled", True, 17.0)
    server.plans = [Plan(status=429, headers={"Retry-After": "1e99"})]
    assert failing(model).retry_after == 3600.0
    assert len(server.asked) == 2, "the library repeats nothing by itself"


@pytest.mark.parametrize("status", [500, 503, 529])
def test_a_provider_in_trouble_is_asked_again(model: Model, server: ModelServer, status: int) -> None:
    server.plans = [Plan(status=status)]
    error = failing(model)
    assert (error.outcome, error.retry) == ("unavailable", True)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_provider_that_will_not_have_the_question_is_not_asked_again(
    model: Model, server: ModelServer, status: int
) -> None:
    server.plans = [Plan(status=status)]
    error = failing(model)
    assert (error.outcome, error.retry) == ("rejected", False)


@pytest.mark.parametrize(
    "plan",
    [Plan(cut=60), Plan(body=b"<html>gateway</html>"), Plan(body=b'["odd"]'), Plan(body=b"")],
    ids=["broken off", "html", "a list", "empty"],
)
def test_a_body_that_is_no_answer_passes_as_trouble(model: Model, server: ModelServer, plan: Plan) -> None:
    server.plans = [plan]
    error = failing(model)
    assert (error.outcome, error.retry) == ("unavailable", True)


@pytest.mark.parametrize("body", [b"{}", b'{"content": 3, "choices": 4}', b'{"content": [7], "choices": [8]}'])
def test_an_answer_without_words_is_of_no_use(model: Model, server: ModelServer, body: bytes) -> None:
    server.plans = [Plan(body=body)]
    assert failing(model).outcome == "unusable"


def test_an_endless_answer_is_not_read_to_its_end(model: Model, server: ModelServer) -> None:
    server.plans = [Plan(body=b" " * (LARGEST + 1000))]
    assert failing(model).outcome == "unusable"


def test_no_server_is_no_connection(model: Model, server: ModelServer) -> None:
    server.close()
    error = failing(model)
    assert (error.outcome, error.retry) == ("unavailable", True)


SAID = json.dumps(answer(step(1, "Rebooted the switch, same again", result="same again")))
USAGE = {"prompt_tokens": 12.0, "completion_tokens": 3, "input_tokens": 12.0, "output_tokens": 3}


def answered(provider: str, content: Any, *, stop: str = "", **more: Any) -> bytes:
    """Return an answer in a provider's shape; `more` stands in the message."""
    if provider == "anthropic":
        return json.dumps({"content": content, "stop_reason": stop or "end_turn", "usage": USAGE, **more}).encode()
    message = {"role": "assistant", "content": content, **more}
    return json.dumps({"choices": [{"message": message, "finish_reason": stop or "stop"}], "usage": USAGE}).encode()


def streamed(provider: str, *, ended: bool = True, comment: str = "") -> bytes:
    pieces = [SAID[at : at + 50] for at in range(0, len(SAID), 50)]
    if provider == "anthropic":
        events: list[Any] = [{"type": "message_start", "message": {"usage": {"input_tokens": 12}}}]
        events += [{"type": "content_block_delta", "delta": {"type": "text_delta", "text": piece}} for piece in pieces]
        events += [{"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}] * ended
    else:
        events = [{"choices": [{"delta": {"content": piece}, "finish_reason": None}]} for piece in pieces]
        events += [{"choices": [{"delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": USAGE}] * ended
    lines = [f"event: {one.get('type', 'x')}\ndata: {json.dumps(one)}\n\n" for one in events]
    return (comment + "".join(lines) + ("data: [DONE]\n\n" if ended and provider == "openai" else "")).encode()


THOUGHT = [{"type": "thinking", "thinking": "Perhaps {"}, {"type": "reasoning", "text": "Perhaps {"}]
BLOCKS = [{"type": "text", "text": SAID[:30]}, {"type": "text", "text": SAID[30:]}]
WORDS: dict[str, Any] = {
    "blocks": lambda p: answered(p, BLOCKS),
    "beside thoughts": lambda p: answered(p, [*THOUGHT, *BLOCKS]),
    "one text": lambda p: answered(p, SAID),
    "a tool's call": lambda p: answered(p, [{"type": "tool_use", "name": "x", "input": json.loads(SAID)}], stop="tool_use")
    if p == "anthropic"
    else answered(p, None, stop="tool_calls", tool_calls=[{"type": "function", "function": {"name": "x", "arguments": SAID}}]),
    "a stream": streamed,
    "a stream behind comments": lambda p: streamed(p, comment=": PROCESSING\n\n: PROCESSING\n\n"),
    "behind a comment": lambda p: b": PROCESSING\n\n" + answered(p, BLOCKS),
    "behind blanks": lambda p: b"\n" * 300 + answered(p, BLOCKS),
    "fenced": lambda p: answered(p, [{"type": "text", "text": f"```json\n{SAID}\n```"}]),
}


@pytest.mark.parametrize("made", WORDS.values(), ids=WORDS)
def test_however_a_gateway_wraps_the_words_they_are_read(made: Any, model: Model, server: ModelServer, provider: str) -> None:
    server.plans = [Plan(body=made(provider))]
    request = fresh_request("Phones", PLACES)
    assert request is not None
    said = model.ask(request)
    (found,) = check(said.text, request.covered, reader=model.name).reading.steps
    assert (found.span.evidence, said.tokens_in, said.tokens_out) == ("Rebooted the switch, same again", 12, 3)


def test_an_answer_in_the_field_of_thoughts_is_read_and_thoughts_beside_it_are_not(tmp_path: Path) -> None:
    one = ModelServer()
    given = {**one.environment("openai"), "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path)}
    made = model_for(Settings.read(given))
    assert made is not None
    bodies = (answered("openai", "", reasoning_content=SAID), answered("openai", SAID, reasoning_content="{"))
    one.plans = [Plan(body=body) for body in bodies]
    assert [ask(made), ask(made)] == [SAID, SAID]
    one.close()


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"error": {"code": 429, "message": "Provider returned error"}, "choices": None}, "throttled"),
        ({"error": {"code": "502", "message": "bad"}}, "unavailable"),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "unavailable"),
        ({"error": "the model is loading"}, "unavailable"),
        ({"error": {"code": 401, "message": "no key"}}, "rejected"),
        ({"error": {"code": "content_filter"}}, "refused"),
    ],
)
def test_an_error_with_a_good_status_is_one(told: Any, outcome: str, model: Model, server: ModelServer) -> None:
    server.plans = [Plan(body=json.dumps(told).encode())]
    error = failing(model)
    assert (error.outcome, error.retry) == (outcome, outcome in ("throttled", "unavailable"))


def test_a_stream_that_breaks_off_or_nests_too_deep_is_asked_for_again(model: Model, server: ModelServer, provider: str) -> None:
    failed = b'data: {"error": {"message": "x", "code": 502}, "choices": [{"delta": {}, "finish_reason": "error"}]}\n\n'
    for body in (streamed(provider, ended=False), failed, b"[" * 100_000, b'{"a":' * 100_000):
        server.plans = [Plan(body=body)]
        error = failing(model)
        assert (error.outcome, error.retry) == ("unavailable", True)


def test_what_the_provider_says_of_a_refusal_is_told_in_its_own_word_and_no_other(model: Model, server: ModelServer) -> None:
    codes = (("unsupported_parameter", "400 (unsupported_parameter)"), ("Rebooted the switch", "answered 400"), (7, "400"))
    for code, told in codes:
        server.plans = [Plan(status=400, body=json.dumps({"error": {"code": code, "message": PLACES[1].text}}).encode())]
        error = failing(model)
        assert (error.outcome, str(error).endswith(told)) == ("rejected", True)
    server.plans = [Plan(status=400, body=b'{"error": {"code": "content_filter"}}')]
    assert failing(model).outcome == "refused"


def test_a_wait_is_read_as_a_number_or_a_date_and_is_never_anything_else(model: Model, server: ModelServer) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    long_ago = "Wed, 21 Oct 2015 07:28:00 GMT"
    for given, least, most in ((soon, 50, 100), (long_ago, 0, 0), ("inf", 3600, 3600), ("-5", 0, 0)):
        server.plans = [Plan(status=429, headers={"Retry-After": given})]
        wait = failing(model).retry_after
        assert wait is not None
        assert least <= wait <= most, given
    for given in ("nan", "", "soon", "Wed, 99 Oct 2015"):
        server.plans = [Plan(status=503, headers={"Retry-After": given})]
        assert failing(model).retry_after is None, given


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of the library's half-made client
@pytest.mark.parametrize(
    "environment",
    [
        {"ALL_PROXY": "socks5://127.0.0.1:9"}, {"ALL_PROXY": "socks://127.0.0.1:9"}, {"HTTP_PROXY": '"http://127.0.0.1:9"'},
        {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "localhost,[::1],fe80::/10"}, {"SSL_CERT_FILE": "/nowhere.pem"},
    ],
    ids=["socks", "an alias", "quotation marks", "exceptions", "certificates"],
)  # fmt: skip
def test_an_environment_the_library_cannot_use_is_no_crash_and_is_told_without_its_values(
    environment: dict[str, str], model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    error: NotAnswered | None = None
    try:
        ask(model)  # a library may learn to use it
    except NotAnswered as raised:
        error = raised
    assert error is None or (error.outcome, error.retry) == ("unavailable", True)
    assert "127.0.0.1" not in str(error)
