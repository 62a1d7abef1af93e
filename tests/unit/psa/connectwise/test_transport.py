"""The adapter against real sockets: what hangs, drips, breaks off or is throttled."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest

from psa.connectwise.client import ConnectWise
from psa.connectwise.transport import Timeouts
from psa.port import Ambiguous, Forbidden, Keys, Refused, Throttled, Unauthorized, Unavailable
from tests.unit.psa.connectwise.captured import TICKET
from tests.unit.psa.servers import RawServer, Reply, answer


def against(server: RawServer, **timeouts: float) -> ConnectWise:
    keys = Keys(
        f"http://{server.netloc}", "acmemsp", "p", "k", "c", allow_private=True, codebase="v4_6_release/"
    )
    limits = {"connect": 0.5, "read": 0.2, "write": 0.2, "total": 1.0, **timeouts}
    return ConnectWise(keys, timeouts=Timeouts(**limits))


@pytest.mark.parametrize(
    "fate",
    [
        "hang",
        "close",
        None,
        b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id": 70,',
        b"HTTP/1.1 201 Created\r\nContent-Le",
        b"garbage\r\n\r\n",
    ],
)
@pytest.mark.parametrize("warm", [False, True])
def test_a_post_is_sent_exactly_once_whatever_happens(fate: Reply, warm: bool) -> None:
    def script(method: str, path: str) -> Reply:
        return answer(200, TICKET) if method == "GET" else fate

    with RawServer(script) as server:
        cw = against(server)
        if warm:
            cw.ticket(5)
        with pytest.raises(Ambiguous, match="POST /service/tickets/5/notes"):
            cw.post_internal_note(5, "x")
        assert server.count("POST") == 1


SAID = {400: Refused, 401: Unauthorized, 403: Forbidden, 404: Unavailable, 429: Throttled, 500: None, 503: None}
"""What each status is, whatever its body: a 404 speaks of the record in words alone. None: what no answer is."""
UNREADABLE = {
    "cut": b"Content-Length: 500\r\n\r\n<html>",
    "called gzip": b"Content-Encoding: gzip\r\nContent-Length: 13\r\n\r\n<html>no</html",
    "cut in its gzip": b"Content-Encoding: gzip\r\nContent-Length: 90\r\n\r\n\x1f\x8b\x08\x00",
    "no chunk": b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n<html>\r\n",
    "half a chunk": b"Transfer-Encoding: chunked\r\n\r\n50\r\n<html>",
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("status", SAID)
def test_a_refusal_whose_body_cannot_be_read_is_that_refusal(status: int, body: str, method: str) -> None:
    """A gateway's 429 was taken for no answer: nobody waited as it asked, and each note was looked for first."""
    head = f"HTTP/1.1 {status} Said\r\nRetry-After: 7\r\nConnection: close\r\n".encode()
    error = SAID[status] or (Unavailable if method == "GET" else Ambiguous)
    where = answer(200, {"Codebase": "v4_6_release/"})  # asked once more after a 404
    with RawServer(lambda _, path: where if "companyinfo" in path else head + UNREADABLE[body]) as server:
        cw = against(server)
        call = cw.ticket if method == "GET" else lambda ticket_id: cw.post_internal_note(ticket_id, "x")
        with pytest.raises(error) as raised:
            call(5)
    assert raised.value.status == status
    assert raised.value.retry_after == (7.0 if status in (429, 500, 503) else None)


def test_an_answer_that_drips_is_given_up_at_the_total_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            sock, _ = listener.accept()
            sock.recv(4096)
            try:
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                for _ in range(40):
                    sock.sendall(b" ")
                    time.sleep(0.03)
            except OSError:
                return

        threading.Thread(target=drip, daemon=True).start()
        site = f"http://127.0.0.1:{listener.getsockname()[1]}"
        keys = Keys(site, "acmemsp", "p", "k", "c", allow_private=True, codebase="v4_6_release/")
        started = time.monotonic()
        with pytest.raises(Unavailable, match="still coming in when its deadline passed"):
            ConnectWise(keys, timeouts=Timeouts(read=0.2, total=0.3)).ticket(5)
        assert time.monotonic() - started < 0.8


@pytest.mark.parametrize("part", [b"X-More: x\r\n", b"x", b"HTTP/1.1 100 Continue\r\n\r\n"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_head_that_drips_is_given_up_at_the_total_deadline(part: bytes, method: str) -> None:
    stop = threading.Event()

    def drip(listener: socket.socket) -> None:
        sock, _ = listener.accept()
        with sock, contextlib.suppress(OSError):
            sock.recv(4096)
            sock.sendall(b"" if part.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\n")
            for _ in range(40):
                sock.sendall(part)
                stop.wait(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        keys = Keys(
            f"http://127.0.0.1:{listener.getsockname()[1]}", "a", "p", "k", "c", allow_private=True, codebase="v4_6_release/"
        )
        cw = ConnectWise(keys, timeouts=Timeouts(read=0.2, write=0.2, total=0.3))
        begun = time.monotonic()
        with pytest.raises(Unavailable if method == "GET" else Ambiguous, match="no answer in time"):
            cw.ticket(5) if method == "GET" else cw.post_internal_note(5, "x")
        assert time.monotonic() - begun < 1.2
    stop.set()


def test_a_write_that_never_left_is_not_ambiguous() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # bound, but nobody listens
        site = f"http://127.0.0.1:{silent.getsockname()[1]}"
        keys = Keys(site, "acmemsp", "p", "k", "c", allow_private=True, codebase="v4_6_release/")
        with pytest.raises(Unavailable, match="POST"):
            ConnectWise(keys).post_internal_note(5, "x")


def test_a_read_on_a_dead_connection_is_repeated_once() -> None:
    calls = iter([answer(200, TICKET), None, answer(200, TICKET)])
    with RawServer(lambda *_: next(calls)) as server:
        cw = against(server)
        assert cw.ticket(5).id == cw.ticket(5).id == 5
        assert server.count("GET") == 3
    with RawServer(lambda *_: None) as server:
        with pytest.raises(Unavailable):
            against(server).ticket(5)
        assert server.count("GET") == 2
    with RawServer(lambda *_: "hang") as server:
        with pytest.raises(Unavailable):
            against(server).ticket(5)
        assert server.count("GET") == 1, "a time-out is not a dead connection"


def test_connections_are_pooled_and_warmed_in_parallel() -> None:
    seen = threading.Semaphore(0)

    def script(method: str, path: str) -> Reply:
        seen.release()
        threading.Event().wait(0.02)
        return answer(200, TICKET)

    with RawServer(script) as server:
        cw = against(server, read=5)
        cw.warm(6)
        assert server.connections >= 5
        opened = server.connections
        for _ in range(10):
            cw.ticket(5)
        assert server.connections == opened


def test_warming_never_raises_also_where_its_threads_do_not_start_together(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(threading.Barrier):
        def wait(self, timeout: float | None = None) -> int:
            raise threading.BrokenBarrierError

    monkeypatch.setattr(threading, "Barrier", Broken)
    with RawServer(lambda *_: answer(200, TICKET)) as server:
        against(server, read=5).warm(3)
        assert server.count("GET") == 3


def test_429_freezes_the_account_for_everybody() -> None:
    from psa.outbound.throttle import throttle_from_url

    with RawServer(lambda *_: answer(429, {"error": "x"}, {"Retry-After": "60"})) as server:
        keys = Keys(f"http://{server.netloc}", "acmemsp", "p", "k", "c", allow_private=True, codebase="x/")
        cw = ConnectWise(keys, throttle=throttle_from_url(None), timeouts=Timeouts(patience=0.1))
        for _ in range(5):
            with pytest.raises(Throttled) as caught:
                cw.ticket(5)
        assert caught.value.retry_after == pytest.approx(60, abs=1)
        assert server.count("GET") == 1
