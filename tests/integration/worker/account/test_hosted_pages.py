"""Pod and tab in ConnectWise's hosted set-up, over real HTTP: once each, moved with our address, by hand where we may not."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from psa.simulator.remote import Record, Remote
from tests.integration.simulated import client
from worker.account.hosted_pages import check_pages, register_pages

ACCOUNT: Any = SimpleNamespace(name="northgate", page_key="k3y-of-this-account", connected_at=datetime(2026, 3, 6, tzinfo=UTC))
UNCONNECTED: Any = SimpleNamespace(name="northgate", page_key="k3y-of-this-account", connected_at=None)


def services(public_url: str = "https://rf.example") -> Any:
    return SimpleNamespace(settings=SimpleNamespace(public_url=public_url))


def shown(remote: Remote) -> list[Record]:
    return sorted(remote.state()["tables"]["hosted_setups"], key=lambda row: str(row["type"]))


def test_pod_and_tab_are_registered_once_and_move_with_our_address(remote: Remote) -> None:
    psa = client(remote)
    assert "not shown: Pod, Tab" in check_pages(services(), ACCOUNT, psa).detail
    assert check_pages(services(), UNCONNECTED, psa).detail == "not shown yet: `account connect northgate` registers pod and tab"
    for _ in range(3):
        assert register_pages(services(), ACCOUNT, psa) == ["Pod Handoff", "Tab Escalations"]
    pod, tab = shown(remote)
    assert (pod["url"], pod["origin"]) == ("https://rf.example/pod/ticket?account=k3y-of-this-account", "https://rf.example")
    assert tab["url"] == "https://rf.example/escalations?account=k3y-of-this-account"
    assert check_pages(services(), ACCOUNT, psa).detail.startswith("registered")
    register_pages(services("https://new.example"), ACCOUNT, psa)
    assert [row["id"] for row in shown(remote)] == [pod["id"], tab["id"]]
    assert all(row["url"].startswith("https://new.example/") and row["origin"] == "https://new.example" for row in shown(remote))
    other: Any = SimpleNamespace(name="other", page_key="another-accounts-key")
    register_pages(services(), other, psa)
    assert len(shown(remote)) == 4


@pytest.mark.parametrize("refused", ["POST /system/connectwisehostedsetups", "/system/connectWiseHostedScreens", "hostedsetups"])
def test_where_the_role_may_not_the_check_says_what_to_click(remote: Remote, refused: str) -> None:
    remote.settings(revoke=[refused])
    psa = client(remote)
    told = register_pages(services(), ACCOUNT, psa)
    assert len(told) == 2
    assert all("not registered" in line for line in told)
    detail = check_pages(services(), ACCOUNT, psa).detail
    for word in ("Manage Hosted API", "https://rf.example/pod/ticket?account=k3y-of-this-account", "display as Tab"):
        assert word in detail
