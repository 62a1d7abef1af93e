"""Requests and answers as files, so that a reading can be repeated, measured, or answered elsewhere without any network.

A recording holds the text of tickets. So it is never kept inside the program's own folder, from where it would find its
way into a commit or an image.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from escalation.model_reading.request import Request
from worker.model_reading.model import Answer, Model, NotAnswered

HOME = Path(__file__).resolve().parents[2]


class InsideTheProgram(ValueError):
    """The folder for recordings lies inside the program's own. The message says where."""


class NotRecorded(NotAnswered):
    """There is no answer to this request in the folder."""


def folder(path: Path) -> Path:
    """Return the folder, made if need be. Raises `InsideTheProgram`."""
    place = path.expanduser().resolve()
    if place == HOME or HOME in place.parents:
        raise InsideTheProgram(
            f"{place} is inside {HOME}: recordings hold the text of tickets, give a folder outside of the program's own"
        )
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def write_request(path: Path, request: Request, *, name: str = "") -> Path:
    """Write a request as `KEY.request.json`; `name` tells a person which ticket it is of."""
    file = path / f"{request.key}.request.json"
    _write(file, {"name": name, **request.to_json()})
    return file


class Recorder:
    """Asks another model, and keeps each request and its answer."""

    def __init__(self, model: Model, path: Path) -> None:
        """Raises `InsideTheProgram`."""
        self._model, self._folder = model, folder(path)
        self.provider, self.name = model.provider, model.name

    def ask(self, request: Request) -> Answer:
        """Raises `NotAnswered`; then the request is kept without an answer."""
        write_request(self._folder, request)
        answer = self._model.ask(request)
        kept = {"model": answer.model, "text": answer.text, "tokens_in": answer.tokens_in, "tokens_out": answer.tokens_out}
        _write(self._folder / f"{request.key}.answer.json", kept)
        return answer


class Player:
    """Answers from a folder of recordings; asks nobody."""

    provider = "recording"

    def __init__(self, path: Path, *, name: str = "recorded") -> None:
        self._folder, self.name = path.expanduser(), name

    def ask(self, request: Request) -> Answer:
        """Return the answer kept in `KEY.answer.json`. Raises `NotRecorded`.

        The file holds `{"model": …, "text": "…"}`, where the text is what the model wrote, or that JSON object itself.
        """
        file = self._folder / f"{request.key}.answer.json"
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NotRecorded(f"no {file.name} in {self._folder}") from None
        kept: dict[str, Any] = {}
        try:
            body = json.loads(text)
        except ValueError:
            body = None  # as broken as a model's own text may be: the check says so
        if isinstance(body, dict) and isinstance(body.get("text"), str):
            kept, text = body, body["text"]
        return Answer(
            text=text,
            model=str(kept.get("model") or self.name),
            tokens_in=int(kept.get("tokens_in") or 0),
            tokens_out=int(kept.get("tokens_out") or 0),
        )


def _write(file: Path, body: dict[str, Any]) -> None:
    unfinished = file.with_suffix(".part")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(file)
