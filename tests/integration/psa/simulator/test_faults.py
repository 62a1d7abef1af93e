"""What can be made to go wrong with the simulator's answers, and what its request log says of it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from psa.simulator.remote import Remote, SimulatorRefused
from psa.simulator.scenarios import FLAGSHIP_TICKET
from tests.integration.psa.simulator.simulator_api import Api

NOTES = f"service/tickets/{FLAGSHIP_TICKET}/notes"
NOTE = {"text": "posted", "internalAnalysisFlag": True}


def posted(remote: Remote) -> int:
    return sum(note["text"] == "posted" for note in remote.notes(FLAGSHIP_TICKET))


def test_latency_is_the_same_for_each_call_and_comes_first(remote: Remote, api: Api) -> None:
    remote.fault(kind="latency", ms=80, path="/apis/")
    before = posted(remote)
    thread = threading.Thread(target=lambda: api.note(FLAGSHIP_TICKET, "posted"))
    began = time.monotonic()
    thread.start()
    time.sleep(0.03)
    assert posted(remote) == before
    thread.join()
    assert 0.08 <= time.monotonic() - began < 0.2
    assert posted(remote) == before + 1


@pytest.mark.parametrize("after", [2, "soon", None])
def test_429_has_a_body_of_its_own(remote: Remote, api: Api, after: int | str | None) -> None:
    remote.fault(kind="throttle", retry_after=after, count=1)
    answer = api.call("GET", "system/info")
    assert answer.status_code == 429
    assert answer.json()["error"] == "ConnectWiseAPI"
    assert "code" not in answer.json()
    assert answer.headers.get("Retry-After") == (None if after is None else str(after))
    assert api.get("system/info")


def test_retry_after_can_be_a_date(remote: Remote, api: Api) -> None:
    remote.fault(kind="throttle", retry_after_date=90)
    wait = (
        parsedate_to_datetime(api.call("GET", "system/info").headers["Retry-After"]).timestamp() - time.time()
    )
    assert 85 < wait < 91


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_errors(remote: Remote, api: Api, status: int) -> None:
    remote.fault(kind="status", status=status, method="POST", path="/notes$")
    assert api.refused(status, "POST", NOTES, json=NOTE)["code"] == "Error"
    assert posted(remote) == 0
    assert api.get(NOTES)


@pytest.mark.parametrize(
    "rule",
    [{"kind": "status", "status": 504}, {"kind": "html", "status": 502}, {"kind": "empty", "status": 201}],
)
def test_applied_but_answered_wrongly(remote: Remote, api: Api, rule: dict[str, object]) -> None:
    remote.fault(**rule, applied=True, method="POST", path="/notes$", count=1)
    answer = api.call("POST", NOTES, json=NOTE)
    assert answer.status_code == rule["status"]
    assert posted(remote) == 1


@pytest.mark.parametrize("applied", [True, False])
def test_a_reset_connection(remote: Remote, api: Api, applied: bool) -> None:
    remote.fault(kind="reset", applied=applied, method="POST", count=1)
    with pytest.raises(requests.ConnectionError):
        api.call("POST", NOTES, json=NOTE)
    assert posted(remote) == int(applied)


def test_no_answer_until_the_fault_is_cleared(remote: Remote, api: Api) -> None:
    remote.fault(kind="hang", applied=True, method="POST")
    with pytest.raises(requests.ReadTimeout):
        api.call("POST", NOTES, json=NOTE, timeout=0.2)
    assert posted(remote) == 1
    (row,) = [row for row in remote.requests() if row["method"] == "POST"]
    assert (row["status"], row["fault"], row["end"]) == (None, "hang", None)
    remote.clear_faults()
    time.sleep(0.15)
    assert next(row for row in remote.requests() if row["method"] == "POST")["end"]


def test_a_body_that_ends_early(remote: Remote, api: Api) -> None:
    remote.fault(kind="truncate", count=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.call("GET", NOTES)


@pytest.mark.parametrize("status", [200, 503])
def test_a_web_page_instead_of_json(remote: Remote, api: Api, status: int) -> None:
    remote.fault(kind="html", status=status)
    answer = api.call("GET", NOTES)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html")
    assert answer.text.startswith("<!DOCTYPE")


def test_an_empty_body(remote: Remote, api: Api) -> None:
    remote.fault(kind="empty", status=200)
    assert api.call("GET", NOTES).content == b""


def test_a_note_that_comes_back_visible(remote: Remote, api: Api) -> None:
    remote.fault(kind="visible", method="POST", path="/notes$")
    assert api.note(FLAGSHIP_TICKET)["detailDescriptionFlag"]


def test_forbidden_by_path(remote: Remote, api: Api) -> None:
    remote.fault(kind="forbidden", path="/system/documents")
    assert api.refused(403, "GET", "system/documents?recordType=Ticket&recordId=1")["code"] == "Security"
    assert api.get(NOTES)


def test_a_late_note_is_there_but_not_in_lists_yet(remote: Remote, api: Api) -> None:
    remote.settings(note_lag_s=0.25)
    made = api.note(FLAGSHIP_TICKET, "posted")
    assert made["id"] not in [note["id"] for note in api.get(NOTES)]
    assert posted(remote) == 1
    time.sleep(0.3)
    assert made["id"] in [note["id"] for note in api.get(NOTES)]


def test_a_hidden_limit_refuses_what_is_too_fast(remote: Remote, api: Api) -> None:
    remote.settings(rate_limit=10, rate_burst=5, rate_retry_after=1)
    statuses = [api.call("GET", "system/info").status_code for _ in range(12)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses
    time.sleep(0.15)
    assert api.get("system/info")
    assert remote.settings()["rate_refused"] == statuses.count(429)
    remote.settings(rate_limit=None)
    assert {api.call("GET", "system/info").status_code for _ in range(20)} == {200}


def test_a_fault_or_a_limit_can_be_one_companys_alone(remote: Remote, api: Api) -> None:
    other = Api(remote.of("lakeside"))
    remote.fault(kind="status", status=503, company="northgate")
    assert api.refused(503, "GET", "system/info")
    assert requests.get(f"{remote.url}/login/companyinfo/northgate", timeout=5).status_code == 503
    assert other.get("system/info")
    remote.clear_faults()
    other.remote.settings(rate_limit=1, rate_burst=1)
    assert [other.call("GET", "system/info").status_code for _ in range(2)] == [200, 429]
    assert {api.call("GET", "system/info").status_code for _ in range(5)} == {200}


def test_chance_is_seeded(remote: Remote, api: Api) -> None:
    def run() -> list[int]:
        remote.reset()
        remote.fault(kind="status", status=503, probability=0.4)
        return [api.call("GET", "system/info").status_code for _ in range(30)]

    first = run()
    assert 3 <= first.count(503) <= 24
    assert run() == first


def test_a_rule_that_cannot_be_is_refused(remote: Remote) -> None:
    for wrong in ({"kind": "meteor"}, {"kind": "reset", "path": "("}, {"kind": "reset", "colour": 1}):
        with pytest.raises(SimulatorRefused, match="fault"):
            remote.fault(**wrong)


def test_the_log_shows_what_ran_side_by_side(remote: Remote) -> None:
    remote.fault(kind="latency", ms=100, path="/apis/")
    clients = [Api(remote) for _ in range(4)]
    remote.clear_requests()
    began = time.monotonic()
    threads = [threading.Thread(target=client.get, args=("system/info",)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = remote.requests()
    assert remote.peak() == 4
    assert [row["status"] for row in rows] == [200] * 4
    assert all(began <= row["start"] < row["end"] <= time.monotonic() for row in rows)
    assert all(row["path"].startswith("/v2026_4/apis/3.0/system/info") for row in rows)


def test_a_note_list_costs_well_under_a_millisecond_of_the_server(simulator: object, api: Api) -> None:
    api.get(NOTES)
    began = time.process_time()
    for _ in range(200):
        api.get(NOTES)
    both_sides_ms = (time.process_time() - began) / 200 * 1000
    assert both_sides_ms < 4, "client and server in one process; about 0.7 ms when nothing else runs"


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"\r\n"]
)
def test_what_is_no_http_is_refused_and_the_next_one_served(remote: Remote, sent: bytes) -> None:
    port = int(remote.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=2) as raw:
        raw.sendall(sent)
        raw.shutdown(socket.SHUT_WR)
        raw.recv(1000)
    assert remote.credentials()["company"] == "northgate"


def test_the_command_says_where_it_is_and_ends_when_asked(tmp_path: Path) -> None:
    url_file = tmp_path / "url"
    command = [sys.executable, "-m", "psa.simulator", "--port", "0", "--url-file", str(url_file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 10
        while not (url_file.exists() and url_file.read_text()):
            assert time.monotonic() < end
            time.sleep(0.02)
        assert Remote(url_file.read_text().strip()).ticket("vpn-8h")["id"] == FLAGSHIP_TICKET
    finally:
        process.terminate()
    printed, _ = process.communicate(timeout=5)
    assert process.returncode == 0
    assert "private key" in printed
    assert "508 Escalated" in printed
