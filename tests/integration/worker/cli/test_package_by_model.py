"""`resolutionflow package --reader model`: a model reads files, is recorded, and played again without any network."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.model_server import ModelServer, Plan, answer, assessed, step
from worker.__main__ import main

THREAD = {
    "id": "x-1",
    "ticket": {
        "summary": "Scanner is slow", "initial_description": "The scanner takes minutes.", "company": "Harbour Dental",
        "notes": [
            {"author": "Jonas Lind", "role": "tech", "kind": "internal", "created": "2026-03-02T09:00:00Z",
             "text": "Glass cleaned at nine, it crawls as before."},
        ],
    },
}  # fmt: skip
DEED = "Glass cleaned at nine, it crawls as before"
CAUSE = "The scanner sends to a share that takes minutes"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    one = ModelServer(lambda message: answer(step(1, DEED, result="it crawls as before")))
    again = ("Clean the glass", 1, "Glass cleaned at nine")
    one.assess = lambda message: assessed((CAUSE, 0, "The scanner takes minutes"), again)
    yield one
    one.close()


Package = Callable[..., tuple[dict[str, object], str]]
"""The command on one file with these arguments and this environment: the package, and what else it said."""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Package:
    file = tmp_path / "x-1.json"
    file.write_text(json.dumps(THREAD))

    def run(*arguments: str, **environment: str) -> tuple[dict[str, object], str]:
        with monkeypatch.context() as around:
            for name in os.environ:
                if name.startswith(("AI_", "ANTHROPIC_", "OPENAI_")):
                    around.delenv(name)
            for name, value in {"RESOLUTIONFLOW_VAR": str(tmp_path / "var"), **environment}.items():
                around.setenv(name, value)
            main(["package", str(file), "--reader", "model", *arguments])
        said = capsys.readouterr()
        return json.loads(said.out or "{}"), said.err

    return run


def test_a_file_is_read_recorded_and_read_again_from_the_recording(tmp_path: Path, server: ModelServer, package: Package) -> None:
    kept = tmp_path / "kept"
    made, said = package("--record", str(kept), **server.environment("openai"), AI_MODEL="a-model")
    assert (made["reader"], said) == ("a-model", "")
    guess = made["ai_assessment_data"]
    assert (guess["made_by"], guess["likely_cause"], guess["suggested_steps"]) == ("a-model", CAUSE, [])  # type: ignore[index]
    server.close()
    again, _ = package("--replay", str(kept))
    assert again["steps_attempted"] == made["steps_attempted"]
    assert again["ai_assessment_data"] == guess | {"made_by": "recorded"}  # type: ignore[operator]
    assert made["steps_attempted"][0]["evidence"] == DEED  # type: ignore[index]


def test_without_an_answer_the_local_reading_stands_and_says_so(server: ModelServer, package: Package) -> None:
    server.plans = [Plan(status=503)]
    made, said = package(**server.environment("openai"))
    assert made["reader"] == "local"
    assert "read locally: the provider answered 503" in said


def test_says_in_one_line_what_is_missing(package: Package) -> None:
    assert "set AI_PROVIDER" in package()[1]
    inside = Path(__file__).parents[4] / "kept"
    line = package("--record", str(inside), AI_PROVIDER="openai", OPENAI_API_KEY="k")[1]
    assert "outside of the program's own" in line
    assert not inside.exists()
    assert "Traceback" not in line
