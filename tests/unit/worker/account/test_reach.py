"""Who can be reached at what is set: ConnectWise at our address, people by our mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.account.reach import is_trial, wrong_address, wrong_mail
from worker.settings import Settings

CLOUD, INNER, HERE = "na.myconnectwise.net", "https://cw.northgate.example:8443", "http://127.0.0.1:8900"


def _settings(folder: Path, **given: str) -> Settings:
    return Settings.read({"RESOLUTIONFLOW_VAR": str(folder), **given})


@pytest.mark.parametrize("url", ["", "http://localhost:8000", "https://127.0.1.1", "http://[::1]:8000", "http://0.0.0.0:8000"])
@pytest.mark.parametrize(("site", "private", "well"), [(CLOUD, False, False), (INNER, True, False), (HERE, True, True)])
def test_this_machine_alone_is_called_by_a_connectwise_on_it_and_by_no_other(
    tmp_path: Path, url: str, site: str, private: bool, well: bool
) -> None:
    wrong = wrong_address(_settings(tmp_path, PUBLIC_URL=url), site, allow_private=private)
    assert [line for line in wrong if "PUBLIC_URL" not in line] == []
    assert (wrong == []) is well


@pytest.mark.parametrize(
    ("url", "site", "private", "well"),
    [
        ("https://handoff.example.com", CLOUD, False, True), ("http://handoff.example.com", CLOUD, False, False),
        ("http://10.4.0.7:8000", INNER, True, True), ("https://handoff.example.com", INNER, True, True),
        ("http://10.4.0.7:8000", HERE, True, True),
    ],
)  # fmt: skip
def test_another_address_is_called_over_https_or_from_a_private_network(
    tmp_path: Path, url: str, site: str, private: bool, well: bool
) -> None:
    assert (wrong_address(_settings(tmp_path, PUBLIC_URL=url), site, allow_private=private) == []) is well


@pytest.mark.parametrize(("site", "private", "trial"), [(CLOUD, False, False), (INNER, True, False), (HERE, True, True)])
def test_mail_in_files_is_enough_for_a_trial_alone(tmp_path: Path, site: str, private: bool, trial: bool) -> None:
    assert is_trial(site, allow_private=private) is trial
    assert (wrong_mail(_settings(tmp_path), site, allow_private=private) == []) is trial
    assert wrong_mail(_settings(tmp_path, SMTP_URL="smtp://mail.example.com"), site, allow_private=private) == []
