"""What the embedded parts leave behind when they end: nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from gunicorn.util import parse_address

from worker.process.embedded import Supervisor, broker_part, wait_for_broker, web_command
from worker.settings import Settings


def test_the_brokers_folder_goes_with_it(tmp_path: Path) -> None:
    settings = Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)})
    for kill in (False, True):
        keeper = Supervisor([broker_part(settings)])
        keeper.start()
        wait_for_broker(settings)
        assert settings.broker_socket.exists()
        if kill:
            keeper.parts[0].kill()
        keeper.stop()
        assert not settings.broker_socket.parent.exists()


def test_what_somebody_else_put_there_stays(tmp_path: Path) -> None:
    settings = Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)})
    part = broker_part(settings)
    folder = settings.broker_socket.parent
    (folder / "theirs").write_text("")
    part.tidy()
    assert (folder / "theirs").exists()
    (folder / "theirs").unlink()
    part.tidy()
    assert not folder.exists()


@pytest.mark.parametrize("host", ["::", "::1", "fe80::1", "2001:db8::7", "0.0.0.0", "localhost", "web.example"])
def test_the_web_listens_on_hosts_of_either_kind(host: str) -> None:
    command = web_command(host, 8000)
    assert parse_address(command[command.index("--bind") + 1]) == (host, 8000)
