"""Requests and answers as files: outside of the program's folder, and the same answer again."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from escalation.model_reading.places import Place
from escalation.model_reading.request import Request
from worker.model_reading.model import Answer, NotAnswered, fresh_request
from worker.model_reading.recordings import HOME, InsideTheProgram, NotRecorded, Player, Recorder, folder


class Echo:
    provider, name = "echo", "e-1"

    def __init__(self, fails: NotAnswered | None = None) -> None:
        self.fails = fails

    def ask(self, request: Request) -> Answer:
        if self.fails:
            raise self.fails
        return Answer('{"steps": []}', "e-1", 5, 7)


def asked(text: str = "Rebooted it.") -> Request:
    request = fresh_request("s", [Place(0, "internal note", "technician", "A", text)])
    assert request is not None
    return request


def test_what_was_recorded_is_played_again_under_any_mark(tmp_path: Path) -> None:
    said = Recorder(Echo(), tmp_path / "kept").ask(asked())
    again = Player(tmp_path / "kept").ask(asked())
    assert again == said
    assert asked().user != asked().user, "each request has a mark of its own"
    (request,) = (tmp_path / "kept").glob("*.request.json")
    body = json.loads(request.read_text())
    assert "Rebooted it." in body["user"]
    assert stat.S_IMODE(request.stat().st_mode) == 0o600


def test_an_answer_may_lie_there_just_so(tmp_path: Path) -> None:
    (tmp_path / f"{asked().key}.answer.json").write_text('{"steps": [], "domain": "network"}')
    assert json.loads(Player(tmp_path).ask(asked()).text)["domain"] == "network"
    (tmp_path / f"{asked().key}.answer.json").write_text("not JSON at all")
    assert Player(tmp_path).ask(asked()).text == "not JSON at all"


def test_what_was_never_recorded_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(NotRecorded):
        Player(tmp_path).ask(asked("Something else."))


def test_a_request_is_kept_although_nobody_answered(tmp_path: Path) -> None:
    with pytest.raises(NotAnswered):
        Recorder(Echo(NotAnswered("down")), tmp_path).ask(asked())
    assert [file.suffixes for file in tmp_path.iterdir()] == [[".request", ".json"]]


def test_no_recording_inside_the_program(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(HOME / "docs")
    for inside in (HOME, HOME / "recordings", HOME / "docs" / ".." / "var", link / "x"):
        with pytest.raises(InsideTheProgram):
            folder(inside)
    assert not (HOME / "recordings").exists()
