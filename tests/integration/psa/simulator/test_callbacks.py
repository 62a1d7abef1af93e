"""Callbacks of the simulator: who is told, signed how, tried again when, and what can go wrong on demand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from psa.simulator.callbacks import target
from psa.simulator.crew import Crew
from psa.simulator.remote import Remote
from psa.simulator.scenarios import ESCALATED, FLAGSHIP_TICKET, JUNIOR, SENIOR
from tests.integration.psa.simulator.simulator_api import Api, Receiver


def register(api: Api, receiver: Receiver, **details: Any) -> int:
    entry = {"url": receiver.url, "type": "ticket", "level": "owner", "objectId": 0, **details}
    return int(api.post("system/callbacks", entry)["id"])


def escalate(remote: Remote) -> None:
    remote.change_status(FLAGSHIP_TICKET, ESCALATED, member=JUNIOR)


def test_a_delivery_is_signed_with_the_key_that_key_url_gives(
    remote: Remote, api: Api, receiver: Receiver
) -> None:
    entry = register(api, receiver)
    escalate(remote)
    remote.wait_delivered()
    (got,) = receiver.got
    message = json.loads(got["body"])
    assert set(message) == {"Action", "CallbackObjectRecId", "CompanyId", "Entity", "FromUrl", "ID", "MemberId",
                            "MessageId", "Metadata", "PartnerId", "ProductInstanceId", "Type"}  # fmt: skip
    assert (message["Action"], message["Type"], message["ID"]) == ("updated", "ticket", FLAGSHIP_TICKET)
    assert (message["MemberId"], message["CompanyId"]) == (JUNIOR, "northgate")
    assert message["CallbackObjectRecId"] == entry
    assert f"http://{message['FromUrl']}" == remote.url
    assert json.loads(message["Entity"])["status"]["name"] == ESCALATED
    key_url = message["Metadata"]["key_url"]
    assert key_url.startswith(
        f"{remote.url}/v2026_4//system/callbackkey/index.rails?companyName=northgate&id="
    )
    key = requests.get(key_url, timeout=5).json()["signing_key"]
    secret = hashlib.sha256(key.encode()).digest()
    wanted = base64.b64encode(hmac.new(secret, got["body"], hashlib.sha256).digest()).decode()
    assert got["headers"]["x-content-signature"] == wanted
    assert parse_qs(urlsplit(got["path"]).query) == {
        "recordId": [str(FLAGSHIP_TICKET)],
        "action": ["updated"],
    }


def test_how_the_address_is_completed() -> None:
    assert target("https://x/cb?recordId=", 5, "added") == "https://x/cb?recordId=5&action=added"
    assert target("https://x/cb/", 5, "added") == "https://x/cb/5?action=added"


def test_a_key_of_another_company_is_not_given(remote: Remote) -> None:
    keys = remote.credentials()
    url = f"{keys['base']}//system/callbackkey/index.rails"
    wrong = requests.get(url, params={"companyName": "lakeside", "id": keys["key_id"]}, timeout=5)
    assert wrong.status_code == 404


def test_every_way_to_change_a_ticket_is_told(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver)
    number = remote.add_ticket("Screen black", JUNIOR)
    remote.add_note(number, "other cable, no change", member=JUNIOR)
    api.patch(f"service/tickets/{number}", summary="Screen is black")
    remote.delete(number, member=JUNIOR)
    remote.wait_delivered()
    told = sorted((json.loads(got["body"]) for got in receiver.got), key=lambda m: m["Action"])
    assert [(m["Action"], m["MemberId"]) for m in told if m["Action"] != "updated"] == [
        ("added", JUNIOR),
        ("deleted", JUNIOR),
    ]
    assert {m["MemberId"] for m in told if m["Action"] == "updated"} == {JUNIOR, "resolutionflow"}
    assert [m["Entity"] for m in told if m["Action"] == "deleted"] == [None]


def test_notes_need_not_count_as_an_update(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver)
    remote.settings(notes_touch_ticket=False)
    remote.add_note(FLAGSHIP_TICKET, "x", member=JUNIOR)
    assert remote.wait_delivered() == []


@pytest.mark.parametrize(
    ("kind", "level", "object_id", "told"),
    [
        ("ticket", "board", 1, True),
        ("ticket", "board", 2, False),
        ("ticket", "status", "escalated", True),
        ("ticket", "status", 500, False),
        ("ticket", "ticket", FLAGSHIP_TICKET, True),
        ("ticket", "ticket", 1, False),
        ("time", "owner", 1, False),
    ],
)
def test_levels_choose_what_is_told(
    remote: Remote, api: Api, receiver: Receiver, kind: str, level: str, object_id: Any, told: bool
) -> None:
    if object_id == "escalated":
        object_id = api.get("service/boards/1/statuses", conditions=f'name="{ESCALATED}"')[0]["id"]
    register(api, receiver, type=kind, level=level, objectId=object_id)
    escalate(remote)
    remote.wait_delivered()
    assert len(receiver.got) == int(told)


def test_time_and_schedule_have_callbacks_of_their_own(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver, type="time")
    member = api.get("system/members", conditions=f'identifier="{SENIOR}"')[0]["id"]
    register(api, receiver, type="schedule", level="member", objectId=member)
    entry = remote.add_time(FLAGSHIP_TICKET, member=SENIOR)
    remote.assign(FLAGSHIP_TICKET, SENIOR, member="hmoore")
    remote.assign(FLAGSHIP_TICKET, "akhan", member="hmoore")
    remote.wait_delivered()
    told = {
        (m["Type"], m["Action"], m["MemberId"]): m["ID"]
        for m in (json.loads(g["body"]) for g in receiver.got)
    }
    assert set(told) == {("time", "added", SENIOR), ("schedule", "added", "hmoore")}
    assert told["time", "added", SENIOR] == entry


def test_an_entry_can_be_silent_about_its_own_member(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver, isSelfSuppressedFlag=True)
    api.note(FLAGSHIP_TICKET)
    assert remote.wait_delivered() == []
    escalate(remote)
    assert len(remote.wait_delivered()) == 1


@pytest.mark.parametrize("status", [404, 409, 419, 429])
def test_four_statuses_are_tried_again_twice(
    remote: Remote, api: Api, receiver: Receiver, status: int
) -> None:
    register(api, receiver)
    remote.callbacks(retry_scale=0.01)
    receiver.answers = [status, status, status]
    escalate(remote)
    (delivery,) = remote.wait_delivered()
    assert [attempt["status"] for attempt in delivery["attempts"]] == [status] * 3
    assert delivery["state"] == "failed"
    starts = [attempt["start"] for attempt in delivery["attempts"]]
    assert starts[1] - starts[0] >= 0.02
    assert starts[2] - starts[1] >= 0.04
    assert len({got["body"] for got in receiver.got}) == 1


@pytest.mark.parametrize("status", [400, 401, 500, 502, 503])
def test_other_statuses_lose_the_event(remote: Remote, api: Api, receiver: Receiver, status: int) -> None:
    register(api, receiver)
    remote.callbacks(retry_scale=0.01)
    receiver.answers = [status]
    escalate(remote)
    (delivery,) = remote.wait_delivered()
    assert [attempt["status"] for attempt in delivery["attempts"]] == [status]


def test_a_second_attempt_may_succeed(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver)
    remote.callbacks(retry_scale=0.01)
    receiver.answers = [429]
    escalate(remote)
    (delivery,) = remote.wait_delivered()
    assert delivery["state"] == "delivered"
    assert len(delivery["attempts"]) == 2


def test_a_slow_receiver_loses_the_event(remote: Remote, api: Api, receiver: Receiver) -> None:
    assert remote.callbacks()["timeout_s"] == 5
    register(api, receiver)
    remote.callbacks(timeout_s=0.1)
    receiver.wait_s = 2
    escalate(remote)
    (delivery,) = remote.wait_delivered()
    assert [attempt["error"] for attempt in delivery["attempts"]] == ["ReadTimeout"]


def test_deliveries_do_not_wait_for_one_another(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver)
    receiver.wait_s = 1
    began = time.monotonic()
    for _ in range(12):
        escalate(remote)
    remote.wait_delivered()
    assert time.monotonic() - began < 8, "one after the other they take twelve seconds"
    assert len(receiver.got) == 12


def test_drop_repeat_shuffle_and_delay(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver)
    remote.callbacks(drop_next=1)
    escalate(remote)
    assert [d["state"] for d in remote.wait_delivered()] == ["dropped"]
    remote.callbacks(repeat=2)
    escalate(remote)
    remote.wait_delivered()
    assert len(receiver.got) == 3
    assert len({receiver.message(n)["MessageId"] for n in range(3)}) == 1
    receiver.got.clear()
    remote.callbacks(repeat=0, shuffle=True, shuffle_within_s=0.2)
    for number in range(8):
        remote.change(FLAGSHIP_TICKET, member=JUNIOR, summary=f"round {number}")
    remote.wait_delivered()
    order = [json.loads(receiver.message(n)["Entity"])["summary"] for n in range(8)]
    assert sorted(order) != order
    remote.callbacks(shuffle=False, delay_s=0.2)
    remote.clear_deliveries()
    escalate(remote)
    (delivery,) = remote.wait_delivered()
    assert delivery["attempts"][0]["start"] - delivery["raised"] >= 0.2


def test_dropping_a_share_drops_about_that_share(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver)
    remote.callbacks(drop_ratio=0.3)
    for _ in range(100):
        escalate(remote)
    dropped = [d for d in remote.wait_delivered() if d["state"] == "dropped"]
    assert 15 <= len(dropped) <= 45
    assert len(receiver.got) == 100 - len(dropped)


def test_three_failing_days_switch_an_entry_off(remote: Remote, api: Api, receiver: Receiver) -> None:
    number = register(api, receiver)
    receiver.answers = [500, 500]
    escalate(remote)
    remote.wait_delivered()
    remote.advance(2 * 86400)
    assert not api.get(f"system/callbacks/{number}")["inactiveFlag"]
    escalate(remote)
    remote.wait_delivered()
    remote.advance(86400 + 60)
    assert api.get(f"system/callbacks/{number}")["inactiveFlag"]
    remote.clear_deliveries()
    escalate(remote)
    assert remote.wait_delivered() == []
    assert not api.patch(f"system/callbacks/{number}", inactiveFlag=False)["inactiveFlag"]


def test_one_success_in_between_keeps_it_alive(remote: Remote, api: Api, receiver: Receiver) -> None:
    number = register(api, receiver)
    receiver.answers = [500, 204]
    for _ in range(2):
        escalate(remote)
        remote.wait_delivered()
    remote.advance(4 * 86400)
    assert not api.get(f"system/callbacks/{number}")["inactiveFlag"]


def test_an_entry_can_be_switched_off_by_hand(remote: Remote, api: Api, receiver: Receiver) -> None:
    number = register(api, receiver)
    remote.callbacks(deactivate=number)
    escalate(remote)
    assert remote.wait_delivered() == []
    remote.callbacks(activate=number)
    escalate(remote)
    assert len(remote.wait_delivered()) == 1


def test_a_delivery_goes_out_at_once(remote: Remote, api: Api, receiver: Receiver) -> None:
    register(api, receiver)
    escalate(remote)
    remote.wait_delivered()
    remote.clear_deliveries()
    for _ in range(10):
        escalate(remote)
    took = sorted(d["attempts"][0]["end"] - d["raised"] for d in remote.wait_delivered())
    assert took[len(took) // 2] < 0.05


def test_a_hanging_receiver_does_not_keep_the_command_from_ending(tmp_path: Path, receiver: Receiver) -> None:
    url_file = tmp_path / "url"
    process = subprocess.Popen(
        [sys.executable, "-m", "psa.simulator", "--port", "0", "--url-file", str(url_file)],
        stdout=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 10
        while not (url_file.exists() and url_file.read_text()):
            assert time.monotonic() < end
            time.sleep(0.02)
        remote = Remote(url_file.read_text().strip())
        register(Api(remote), receiver)
        receiver.wait_s = 4
        escalate(remote)
        while not receiver.got:
            time.sleep(0.01)
    finally:
        process.terminate()
    assert process.wait(timeout=1.5) == 0


def test_a_crew_does_everything_once_and_side_by_side() -> None:
    crew, done, gate = Crew(4), queue.SimpleQueue[int](), threading.Barrier(4, timeout=5)

    def work(number: int) -> None:
        gate.wait()
        done.put(number)

    for number in range(40):
        crew.do(work, number)
    assert sorted(done.get(timeout=5) for _ in range(40)) == list(range(40))
    crew.stop()
