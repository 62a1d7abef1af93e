"""Nothing outside the allow-list is ever connected to: a real listening socket is the witness."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from urllib3.connection import HTTPConnection

from psa.outbound.allowed_hosts import (
    ForbiddenAddress,
    Site,
    TooLarge,
    TooSlow,
    _Guard,
    check_address,
    check_url,
    fetch,
    guarded_session,
)
from tests.unit.psa.servers import RawServer, answer

CLOUD = ("na.myconnectwise.net", "api-na.myconnectwise.net")

HOSTILE_URLS = [
    "http://na.myconnectwise.net/",
    "https://na.myconnectwise.net:443/",
    "https://na.myconnectwise.net:{port}/",
    "https://na.myconnectwise.net./",
    "https://na.myconnectwise.net@127.0.0.1:{port}/",
    "https://na.myconnectwise.net:x@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@na.myconnectwise.net/",
    "https://127.0.0.1:{port}?@na.myconnectwise.net/",
    "https://127.0.0.1:{port}\\@na.myconnectwise.net/",
    "https://na.myconnectwise.net\\@127.0.0.1:{port}/",
    "https://na.myconnectwise.net%2f@127.0.0.1:{port}/",
    "https://na.myconnectwise.net%00.127.0.0.1/",
    "https://user@na.myconnectwise.net/",
    "https://@na.myconnectwise.net/",
    "https://127.0.0.1:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0x7f.0.0.1:{port}/",
    "https://017700000001:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://127.0.1:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://localhost:{port}/",
    "https://localhost.:{port}/",
    "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[fe80::1%25lo]:{port}/",
    "https://[::]:{port}/",
    "https://169.254.169.254/latest/meta-data/",
    "https://na.myconnectwise.net.evil.example/",
    "https://evil-na.myconnectwise.net/",
    "https://nа.myconnectwise.net/",  # Cyrillic a
    "https://xn--n-7sb.myconnectwise.net/",
    "https://na.myconnectwise。net:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/",
    "https://na.myconnectwise.net\t:{port}/",
    "https://na.myconnectwise.net\n.127.0.0.1:{port}/",
    "https:///127.0.0.1:{port}/",
    "https:127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_x",
    "",
]


def to_address(address: str, port: int) -> Any:
    def resolve(host: str, *_: object) -> list[tuple[Any, ...]]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_hostile_url_never_connects(url: str) -> None:
    looked_up: list[str] = []

    def resolve(host: str, *_: object) -> list[tuple[Any, ...]]:
        looked_up.append(host)
        return to_address("127.0.0.1", server.port)(host)  # type: ignore[no-any-return]

    with RawServer(lambda *_: answer(200)) as server:
        session = guarded_session(CLOUD, resolver=resolve)
        with pytest.raises((ForbiddenAddress, requests.RequestException)):
            session.get(url.format(port=server.port), timeout=1)
        with pytest.raises(ForbiddenAddress):
            check_url(url.format(port=server.port), CLOUD, allow_private=False)
        time.sleep(0.005)
        assert server.connections == 0
        assert looked_up == [], "not even a name is looked up"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "fec0::1",
        "64:ff9b:1::7f00:1",
        "100.100.100.200",
        "192.0.0.192",
    ],
)
def test_name_that_resolves_to_it_is_refused(address: str) -> None:
    with RawServer(lambda *_: answer(200)) as server:
        session = guarded_session(CLOUD, resolver=to_address(address, server.port))
        with pytest.raises(ForbiddenAddress, match=r"na\.myconnectwise\.net"):
            session.get("https://na.myconnectwise.net/", timeout=1)
        assert server.connections == 0


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "13.107.4.52"])
def test_public_addresses_pass(address: str) -> None:
    check_address(address, host="na.myconnectwise.net", allow_private=False)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "::ffff:169.254.169.254", "100.100.100.200", "192.0.0.192",
        "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "64:ff9b::6464:64c8",
        "2002:a9fe:a9fe::1", "::169.254.169.254", "2001:0:4136:e378:8000:63bf:5601:5601",
    ],
)  # fmt: skip
def test_private_account_still_never_reaches_metadata(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_address(address, host="cw.example.test", allow_private=True)


@pytest.mark.parametrize("address", ["::1", "10.0.0.5", "127.0.0.1", "fd12:3456::1", "64:ff9b::a00:5", "2002:a00:5::1"])
def test_private_account_reaches_private_addresses(address: str) -> None:
    check_address(address, host="cw.example.test", allow_private=True)


def test_one_private_address_among_public_ones_forbids_all() -> None:
    def resolve(host: str, *_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("8.8.8.8", "10.0.0.1")]

    with pytest.raises(ForbiddenAddress, match=r"10\.0\.0\.1"):
        guarded_session(CLOUD, resolver=resolve).get("https://na.myconnectwise.net/", timeout=1)


def test_rebinding_name_is_asked_once_and_its_checked_address_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is public, every later one private: only the first may be connected to."""
    answers = ["8.8.8.8"]
    dialled: list[Any] = []

    def resolve(host: str, *_: object) -> list[tuple[Any, ...]]:
        address = answers.pop(0) if answers else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connect(self: socket.socket, address: Any) -> None:
        dialled.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(requests.ConnectionError):
        guarded_session(CLOUD, resolver=resolve).get("https://na.myconnectwise.net/", timeout=1)
    assert dialled == ["8.8.8.8"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_an_answer_not_an_order(status: int) -> None:
    with RawServer(lambda *_: answer(200)) as target:
        location = {"Location": f"http://{target.netloc}/"}
        with RawServer(lambda *_: answer(status, headers=location)) as server:
            session = guarded_session({server.netloc, target.netloc}, allow_private=True)
            assert session.get(f"http://{server.netloc}/", timeout=1).status_code == status
        assert target.connections == 0


def test_proxy_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(lambda *_: answer(200)) as proxy, RawServer(lambda *_: answer(200, "direct")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.netloc}")
        session = guarded_session({server.netloc}, allow_private=True)
        assert (
            session.get(
                f"http://{server.netloc}/", timeout=1, proxies={"http": f"http://{proxy.netloc}"}
            ).json()
            == "direct"
        )
        assert proxy.connections == 0


def test_private_account_reaches_only_its_own_port() -> None:
    with RawServer(lambda *_: answer(200)) as other, RawServer(lambda *_: answer(200)) as server:
        session = guarded_session({server.netloc}, allow_private=True)
        assert session.get(f"http://{server.netloc}/x", timeout=1).status_code == 200
        with pytest.raises(ForbiddenAddress):
            session.get(f"http://{other.netloc}/x", timeout=1)
        assert other.connections == 0


def test_connections_are_kept_and_cookies_are_not() -> None:
    with RawServer(lambda *_: answer(200, headers={"Set-Cookie": "a=b"})) as server:
        session = guarded_session({server.netloc}, allow_private=True)
        for _ in range(3):
            assert session.get(f"http://{server.netloc}/", timeout=1).status_code == 200
        assert server.connections == 1
        assert not any(b"cookie" in head.lower() for _, _, head, _ in server.requests)


def test_fetch_caps_size_and_time() -> None:
    def script(method: str, path: str) -> Any:
        return "hang" if path == "/hang" else answer(200, raw=b"x" * 70_000)

    with RawServer(script) as server:
        session = guarded_session({server.netloc}, allow_private=True)
        with pytest.raises(TooLarge):
            fetch(session, f"http://{server.netloc}/big", deadline=1)
        started = time.monotonic()
        with pytest.raises((TooSlow, requests.Timeout)):
            fetch(session, f"http://{server.netloc}/hang", deadline=0.2)
        assert time.monotonic() - started < 0.6


def test_fetch_ends_at_its_deadline_although_bytes_drip_and_names_hang() -> None:
    release = threading.Event()

    def slow_name(*_: object) -> list[tuple[Any, ...]]:
        release.wait(5)
        return []

    with pytest.raises(TooSlow):
        fetch(guarded_session(CLOUD, resolver=slow_name), "https://na.myconnectwise.net/", deadline=0.1)
    release.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            sock, _ = listener.accept()
            sock.recv(4096)
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(60):
                try:
                    sock.sendall(b"x")
                except OSError:
                    return
                time.sleep(0.02)

        threading.Thread(target=drip, daemon=True).start()
        netloc = f"127.0.0.1:{listener.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(TooSlow):
            fetch(guarded_session({netloc}, allow_private=True), f"http://{netloc}/", deadline=0.2)
        assert time.monotonic() - started < 0.5


def test_site_maps_ui_host_to_api_host() -> None:
    site = Site.parse("https://EU.myconnectwise.net/")
    assert (site.ui_origin, site.api_origin) == (
        "https://eu.myconnectwise.net",
        "https://api-eu.myconnectwise.net",
    )
    assert Site.parse("api-na.myconnectwise.net").ui == "na.myconnectwise.net"
    assert Site.parse("staging.connectwisedev.com").api == "api-staging.connectwisedev.com"
    assert Site.parse("cw.msp.example").api == "cw.msp.example"
    assert Site.parse("http://127.0.0.1:8123", allow_private=True).api_origin == "http://127.0.0.1:8123"


@pytest.mark.parametrize(
    "site",
    [
        "http://na.myconnectwise.net",
        "127.0.0.1",
        "cw:8080",
        "a@b.example",
        "localhost",
        "",
        "https://x.example/path",
    ],
)
def test_site_that_needs_permission_is_refused(site: str) -> None:
    with pytest.raises(ForbiddenAddress):
        Site.parse(site)


def test_an_address_that_leads_nowhere_leaves_the_others_their_time() -> None:
    """IPv6 that a network swallows, or a machine does not speak, comes first in many answers; so may several of them."""
    with RawServer(lambda *_: answer()) as server:
        port = server.port
        works = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        with _swallowing("127.0.0.2", port) as nowhere:
            swallowed = (socket.AF_INET, socket.SOCK_STREAM, 6, "", nowhere)
            six = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (f"::ffff:{nowhere[0]}", port, 0, 0))
            for found in (
                [swallowed, works], [swallowed, swallowed, works], [_NOT_SPOKEN, works], [works, _NOT_SPOKEN],
                [*[six] * 8, works, swallowed],
            ):  # fmt: skip
                session = guarded_session([f"psa.example:{port}"], allow_private=True, resolver=lambda *_, found=found: found)
                began = time.monotonic()
                status, _ = fetch(session, f"http://psa.example:{port}/", deadline=0.6)
                assert (status, time.monotonic() - began < 0.6) == (200, True), found
            # Its share was for the way there: TLS, which is spoken before a request sets its own time, has all of it.
            guard = _Guard(frozenset({f"psa.example:{port}"}), allow_private=True, resolver=lambda *_: [works] * 9)
            with guard.connect(HTTPConnection("psa.example", port, timeout=1.0)) as sock:
                assert sock.gettimeout() == 1.0
            session = guarded_session([f"psa.example:{port}"], allow_private=True, resolver=lambda *_: [swallowed] * 2)
            began = time.monotonic()
            with pytest.raises(requests.ConnectTimeout):
                session.get(f"http://psa.example:{port}/", timeout=0.2)
            assert time.monotonic() - began < 0.6, "a time-out is for all addresses together, but for the least each has"


_NOT_SPOKEN = (99, socket.SOCK_STREAM, 6, "", ("::1", 443, 0, 0))


@contextlib.contextmanager
def _swallowing(host: str, port: int) -> Iterator[tuple[str, int]]:
    """Give an address at which nothing is answered: a listener whose queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect((host, port))
        yield host, port
