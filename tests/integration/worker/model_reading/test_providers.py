"""Both providers' own libraries against a stand-in of each one's HTTP API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

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
