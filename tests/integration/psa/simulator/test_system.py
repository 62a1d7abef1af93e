"""Callback entries, members and hosted pages, over real HTTP."""

from __future__ import annotations

from typing import Any

import requests

from psa.simulator.remote import Remote
from psa.simulator.scenarios import JUNIOR, SENIOR
from tests.integration.psa.simulator.simulator_api import Api


def inner_code(body: Any) -> str:
    return str(body["errors"][0]["code"])


ENTRY = {"url": "https://rf.example/cb?recordId=", "objectId": 0, "type": "ticket", "level": "owner"}


def test_callback_entries(api: Api) -> None:
    made = api.post("system/callbacks", ENTRY)
    assert (made["objectId"], made["payloadVersion"], made["inactiveFlag"]) == (1, "3.0.0", False)
    assert made["memberId"] == api.get("system/members", conditions='identifier="resolutionflow"')[0]["id"]
    again = api.refused(400, "POST", "system/callbacks", json={**ENTRY, "objectId": 1})
    assert (inner_code(again), again["errors"][0]["field"]) == ("ObjectExists", "objectId")
    level = api.refused(400, "POST", "system/callbacks", json={**ENTRY, "level": "planet"})
    assert level["errors"][0]["message"].startswith("Unrecognized level for type")
    assert (
        api.refused(400, "POST", "system/callbacks", json={**ENTRY, "url": "ftp://x"})["errors"][0]["field"]
        == "url"
    )
    assert api.patch(f"system/callbacks/{made['id']}", inactiveFlag=True)["inactiveFlag"]
    assert api.call("DELETE", f"system/callbacks/{made['id']}").status_code == 204
    assert (
        api.refused(404, "DELETE", f"system/callbacks/{made['id']}")["message"]
        == "The endpoint does not exist."
    )


def test_members_light_and_myself(api: Api) -> None:
    light = api.get("system/info/members", pageSize=1000)
    assert next(row for row in light if row["identifier"] == JUNIOR)["defaultEmail"].endswith(
        "@northgate.example"
    )
    full = api.get("system/members", pageSize=1000)
    assert next(row for row in full if row["identifier"] == JUNIOR)["defaultEmail"] == "Office"
    assert any(row["inactiveFlag"] for row in full)
    assert any("officeEmail" not in row for row in full if row["licenseClass"] == "F")
    assert api.get("system/myMembers/info")["identifier"] == "resolutionflow"


def test_a_hosted_page_proves_its_member_by_hash(remote: Remote, api: Api) -> None:
    key = remote.member_hash(SENIOR)
    url = f"{api.base}/system/myMembers/info"
    client = {"clientId": remote.credentials()["client_id"]}
    cookies = {"companyName": "northgate", "memberId": SENIOR, "memberHash": key, "memberContext": "web"}
    by_cookie = requests.get(url, headers=client, cookies=cookies, timeout=5)
    by_basic = requests.get(url, headers=client, auth=(f"northgate+{SENIOR}", key), timeout=5)
    assert by_cookie.json()["identifier"] == by_basic.json()["identifier"] == SENIOR
    without = {name: value for name, value in cookies.items() if name != "memberContext"}
    assert requests.get(url, headers=client, cookies=without, timeout=5).status_code == 401
    assert requests.get(url, headers=client, auth=(f"northgate+{JUNIOR}", key), timeout=5).status_code == 401
    remote.settings(expire_hash=[SENIOR])
    assert requests.get(url, headers=client, cookies=cookies, timeout=5).status_code == 401


def test_hosted_pages_can_be_set_up(api: Api) -> None:
    screens = {row["screenId"]: row["id"] for row in api.get("system/connectWiseHostedScreens")}
    body = {
        "screenId": screens["ticket"],
        "description": "Handoff",
        "url": "https://rf.example/pod",
        "type": "Pod",
        "podHeight": 400,
    }
    made = api.post("system/connectwisehostedsetups", body)
    assert api.get("system/connectwisehostedsetups") == [made]
    assert api.call("DELETE", f"system/connectwisehostedsetups/{made['id']}").status_code == 204
