"""The receiver as it is served: real HTTP, a database in trouble, and a sudden end."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.databases import PostgresServer
from tests.integration.receiver import NEW, another, body
from tests.integration.webhooks.conftest import Served
from webhooks import callers

IN_TIME_S = 4.0


def test_it_answers_over_a_kept_connection(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=15)
    raw = body(served.keys.url)
    answers = [served.send(each, connection)[0] for each in (raw, raw, body(served.keys.url, status=NEW))]
    assert answers == [204, 204, 204]
    assert len(served.rows()) == 1


@pytest.mark.storm
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_too_large_is_not_read_and_what_is_malformed_is_not_our_fault(served: Served) -> None:
    _ten_megabytes(served, chunked=False)
    _ten_megabytes(served, chunked=True)
    with socket.create_connection(("127.0.0.1", served.port), timeout=3) as client:
        head = f"POST {served.path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        client.sendall(head.encode() + b"5\r\nhello world, no chunk\r\n0\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 400")
    assert served.send(b"x" * 300_000)[0] == 413, "a modest excess gets to read why"
    assert served.rows() == []


def _ten_megabytes(served: Served, *, chunked: bool) -> None:
    head = f"POST {served.path} HTTP/1.1\r\nHost: x\r\n"
    head += "Transfer-Encoding: chunked\r\n\r\n" if chunked else "Content-Length: 10000000\r\n\r\n"
    part = b"x" * 65536
    piece = b"%x\r\n%s\r\n" % (len(part), part) if chunked else part
    taken, answer = 0, b""
    with socket.create_connection(("127.0.0.1", served.port), timeout=3) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        with contextlib.suppress(OSError):
            client.sendall(head.encode())
            while taken < 10_000_000:
                client.sendall(piece)
                taken += len(part)
        with contextlib.suppress(OSError):
            answer = client.recv(4096)
    # What the kernel's buffers swallow counts as sent; a reset may overtake the answer.
    assert taken < 9_000_000, f"chunked: {chunked}"
    assert answer.startswith(b"HTTP/1.1 413") or not answer, f"chunked: {chunked}"


def _hail(served: Served, *, seconds: float, a_second: int = 60) -> list[tuple[int, float, str]]:
    """Send escalations at a steady rate, each over a connection of its own, whether or not others are answered."""
    with ThreadPoolExecutor(200) as pool:
        sent = []
        for _ in range(int(seconds * a_second)):
            sent.append(pool.submit(served.send, another(served.keys.url)))
            time.sleep(1 / a_second)
        return [each.result() for each in sent]


@contextlib.contextmanager
def _locked(served: Served) -> Iterator[None]:
    with served.database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))  # on SQLite each transaction that may write takes the lock
        if not served.database.is_sqlite:
            connection.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        yield
        connection.rollback()


@contextlib.contextmanager
def _gone(served: Served, server: PostgresServer) -> Iterator[None]:
    name = served.database.url.database
    served.database.dispose()
    server.run(
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    yield
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextlib.contextmanager
def _frozen(served: Served) -> Iterator[None]:
    """Every connection there is stands still; new ones do not, as with a server that has lost its network paths."""
    with served.database.engine.connect() as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        pids = connection.execute(text(query)).scalars().all()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _assert_in_time(served: Served, answers: list[tuple[int, float, str]], *, before: int) -> None:
    assert {status for status, _, _ in answers} <= {204, 429}
    assert max(seconds for _, seconds, _ in answers) < IN_TIME_S
    assert all(retry_after for status, _, retry_after in answers if status == 429)
    end = time.monotonic() + 3
    while served.send(another(served.keys.url))[0] != 204:
        assert time.monotonic() < end, "it does not come back"
        time.sleep(0.1)
    acknowledged = sum(status == 204 for status, _, _ in answers)
    assert len(served.rows()) >= before + acknowledged + 1, "whatever was acknowledged has its row"


@pytest.mark.storm
def test_a_locked_database_is_429_for_everybody_in_time(served: Served) -> None:
    assert served.send(another(served.keys.url))[0] == 204
    with _locked(served):
        answers = _hail(served, seconds=3)
    assert sum(status == 429 for status, _, _ in answers) > len(answers) * 0.9
    _assert_in_time(served, answers, before=1)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_database_that_is_gone_is_429_and_not_ready(served: Served, postgres_server: PostgresServer) -> None:
    assert served.send(another(served.keys.url))[0] == 204
    with _gone(served, postgres_server):
        time.sleep(0.4)
        assert served.get("/readyz") == 503
        answers = _hail(served, seconds=2)
    assert {status for status, _, _ in answers} == {429}
    _assert_in_time(served, answers, before=1)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_connections_that_freeze_hold_nobody_up(served: Served) -> None:
    with ThreadPoolExecutor(8) as pool:  # so that it has a few
        list(pool.map(served.send, [another(served.keys.url) for _ in range(40)]))
    with _frozen(served):
        answers = _hail(served, seconds=2)
    _assert_in_time(served, answers, before=40)


def test_whatever_was_acknowledged_survives_a_sudden_end(served: Served) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            for count in range(1_000):
                if stop.is_set():
                    return
                name = f"{number:08d}-{count:08d}"
                if served.send(another(served.keys.url, MessageId=name), connection)[0] == 204:
                    acknowledged.append(name)

    with ThreadPoolExecutor(8) as pool:
        for number in range(8):
            pool.submit(client, number)
        end = time.monotonic() + 10
        while len(acknowledged) < 300 and time.monotonic() < end:
            time.sleep(0.005)
        served.kill()
        stop.set()
    assert len(acknowledged) >= 300
    assert set(acknowledged) <= {row.message_id for row in served.rows()}


@pytest.mark.storm
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_callers_who_fall_silent_in_the_middle_do_not_keep_their_threads(served: Served) -> None:
    body_of = "POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\nAuthorization: Bearer x\r\n"
    begun = [body_of.format(path) + "\r\n{" for path in (served.path, "/sign-in", "/pod/session", "/mcp")]
    begun += [body_of.format("/mcp"), "GET /he", "POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nf\r\nx"]
    with contextlib.ExitStack() as silent:
        for number in range(21):  # more than there are threads
            client = silent.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=8))
            client.sendall(begun[number % len(begun)].encode())
        status, seconds, _ = served.send(body(served.keys.url))
    assert status == 204
    assert seconds < IN_TIME_S


@pytest.mark.storm
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_callers_who_drip_do_not_keep_their_threads(served: Served) -> None:
    """A byte each half second, of heads and of bodies."""
    with contextlib.ExitStack() as dripping:
        clients = []
        for number in range(16):
            client = dripping.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=8))
            client.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n" + (b"\r\n" if number % 2 else b"X: "))
            clients.append(client)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(served.send, body(served.keys.url))
            while not answer.done():
                for client in clients:
                    with contextlib.suppress(OSError):
                        client.sendall(b"x")
                time.sleep(0.5)
    assert answer.result()[0] == 204
    assert answer.result()[1] < callers.WHOLE_S + 2
