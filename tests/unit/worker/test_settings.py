"""Settings are read as they were meant, whatever the file or shell they came through has left around them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from worker.mail.addresses import address
from worker.settings import Settings

GIVEN = {
    "DATABASE_URL": "postgresql://u:p%40s@h/db", "REDIS_URL": "redis://h:6379/0", "SECRET_KEYS": "k" * 40,
    "PUBLIC_URL": "https://rf.example", "SMTP_URL": "smtp://u:p@h:25", "MAIL_FROM": "RF <a@b.example>", "LOG_LEVEL": "INFO",
    "OPERATOR_EMAIL": "o@b.example", "METRICS_TOKEN": "m" * 20, "CANARY_URL": "https://rf.example",
    "DEAD_MAN_URL": "https://hc.example/x", "RESOLUTIONFLOW_POLL": "60", "RESOLUTIONFLOW_THREADS": "8",
}  # fmt: skip
LEFT = ("{}\r", "{}\n", " {} ", "\t{}", "{}\u00a0", "\ufeff{}", '"{}"', "'{}'", '" {} "\r\n')
"""Of files with Windows' line ends, of `docker --env-file` with quotation marks, of editors and of copying from a page."""


def test_what_stands_around_a_value_is_no_part_of_it(tmp_path: Path) -> None:
    given = {**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path)}
    meant = Settings.read(given)
    for name in given.keys() - {"SECRET_KEYS"}:
        for left in LEFT:
            assert Settings.read({**given, name: left.format(given[name])}) == meant, (name, left)
        assert Settings.read({("\ufeff" + key if key == name else key): value for key, value in given.items()}) == meant


@pytest.mark.parametrize("mark", ["'", '"'])
def test_quotation_marks_within_a_value_and_around_a_key_stay(mark: str, tmp_path: Path) -> None:
    """A key that was read with them has encrypted what is stored."""
    given = {**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path)}
    sender = f"{mark}RF{mark} <{mark}a b{mark}@b.example>"
    assert Settings.read({**given, "MAIL_FROM": sender}).mail_from == sender
    quoted = Settings.read({**given, "SECRET_KEYS": f"{mark}{GIVEN['SECRET_KEYS']}{mark}"})
    assert quoted == replace(Settings.read(given), secret_keys=(f"{mark}{GIVEN['SECRET_KEYS']}{mark}",))


@pytest.mark.parametrize(
    "sender",
    ["rf@northgate.example", "ResolutionFlow <handoff@Mail.Northgate.Example>", '"RF, at work" <rf@northgate.example>',
     "rf@m\u00fcnchen.example", "rf@stra\u00dfe.example", "ResolutionFlow <resolutionflow@localhost>"],
)  # fmt: skip
def test_message_ids_are_of_the_domain_that_mail_is_sent_from(sender: str, tmp_path: Path) -> None:
    settings = Settings.read({**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), "MAIL_FROM": sender})
    assert settings.message_domain == address(sender).host


@pytest.mark.parametrize("sender", ["rf@@northgate.example", "@", "rf@[192.0.2.1]", "rf@-.example"])
def test_a_sender_without_a_domain_stops_no_message_from_being_queued(sender: str, tmp_path: Path) -> None:
    settings = Settings.read({**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), "MAIL_FROM": sender})
    assert settings.message_domain == "rf.example", "of PUBLIC_URL"
