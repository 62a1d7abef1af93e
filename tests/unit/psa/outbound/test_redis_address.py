"""Addresses of Sentinel: what is read of them, by both kinds of client and by Celery's library, and what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
import redis

from psa.outbound.redis_address import BadAddress, Sentinels, async_client, client, for_celery, wrong_in
from worker.process.bell import make
from worker.settings import Settings, SettingsError

WHOLE = "sentinel://rf:p%40ss:x@s1:26379,s2,[::1]:26380/the-primary/3"


def test_hosts_name_database_and_who_are_read() -> None:
    found = Sentinels.read(WHOLE)
    assert found
    assert found.hosts == (("s1", 26379), ("s2", 26379), ("::1", 26380))
    assert (found.name, found.options) == ("the-primary", {"username": "rf", "password": "p@ss:x", "db": 3})
    assert Sentinels.read("redis://s1:6379/0") is None


@pytest.mark.parametrize("url", [
    "sentinel://s1:26379", "sentinel://s1:26379/", "sentinel:///rf", "sentinel://s1,,s2/rf", "sentinel://s1:x/rf",
    "sentinel://s1/rf/one", "sentinel:s1/rf", "sentinel://s1;s2/rf",
])  # fmt: skip
def test_an_address_without_hosts_or_name_is_refused_with_the_way_to_write_it(url: str) -> None:
    with pytest.raises(BadAddress, match="is written sentinel://"):
        Sentinels.read(url)
    with pytest.raises(SettingsError, match=r"REDIS_URL: .*is written sentinel://"):
        Settings.read({"REDIS_URL": url, "SECRET_KEYS": "k" * 40})


def test_clients_and_celery_ask_the_same_sentinels_for_the_same_name() -> None:
    waits = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
    pools = [client(WHOLE, **waits).connection_pool, async_client(WHOLE, **waits).connection_pool]
    for pool in pools:
        assert pool.service_name == "the-primary"
        assert pool.connection_kwargs["password"] == "p@ss:x"
        assert pool.connection_kwargs["socket_timeout"] == 0.2
        assert [s.connection_pool.connection_kwargs["host"] for s in pool.sentinel_manager.sentinels] == ["s1", "s2", "::1"]
    app = make(Settings.read({"REDIS_URL": WHOLE, "SECRET_KEYS": "k" * 40}))
    with app.connection_for_write() as connection:
        assert connection.transport_options["master_name"] == "the-primary"
        assert [url.rpartition("@")[2].removeprefix("sentinel://") for url in connection.alt] == [
            "s1:26379/3", "s2:26379/3", "[::1]:26380/3",
        ]  # fmt: skip
        assert (connection.userid, connection.password, connection.virtual_host) == ("rf", "p@ss:x", "3")
    assert for_celery("redis://h/0") == ("redis://h/0", {})
    asyncio.run(_closed(pools[1]))


async def _closed(pool: object) -> None:
    await pool.aclose()  # type: ignore[attr-defined]


@contextlib.contextmanager
def dead_sentinels(count: int) -> Iterator[tuple[list[int], Counter[int]]]:
    """Give ports on which each connection is closed at once, and how many each had."""
    tried: Counter[int] = Counter()
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [door.getsockname()[1] for door in doors]

    def stand(door: socket.socket, port: int) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = door.accept()
                tried[port] += 1
                caller.close()

    threads = [threading.Thread(target=stand, args=one) for one in zip(doors, ports, strict=True)]
    for thread in threads:
        thread.start()
    try:
        yield ports, tried
    finally:
        for door, thread in zip(doors, threads, strict=True):
            door.shutdown(socket.SHUT_RDWR)
            thread.join()
            door.close()


def test_a_sentinel_that_is_gone_is_asked_once_so_that_no_callback_waits_for_it() -> None:
    """The library's own tries of each took ten seconds; ConnectWise gives a callback five."""
    with dead_sentinels(3) as (ports, tried):
        url = f"sentinel://{','.join(f'127.0.0.1:{port}' for port in ports)}/rf"
        with pytest.raises(redis.ConnectionError), client(url) as one:
            one.connection_pool.get_master_address()
        assert tried == dict.fromkeys(ports, 1)
        with pytest.raises(redis.ConnectionError):
            asyncio.run(async_client(url).connection_pool.get_master_address())
        assert tried == dict.fromkeys(ports, 2)
        app = make(Settings.read({"REDIS_URL": url, "SECRET_KEYS": "k" * 40}))
        with app.connection_for_write() as connection, pytest.raises(redis.ConnectionError):
            connection.transport.create_channel(connection.transport)
        assert max(tried.values()) <= 4, "Celery's library asks twice"


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        ("", "required"), ("?ssl_cert_reqs=none", "none"), ("?ssl_cert_reqs=CERT_NONE", "none"),
        ("?ssl_cert_reqs=CERT_REQUIRED", "required"), ("?ssl_cert_reqs=optional", "optional"),
        ("?ssl_ca_certs=/etc/ca.pem", "required"),
    ],
)  # fmt: skip
def test_both_libraries_check_the_servers_certificate_alike(given: str, checked: str) -> None:
    """Celery's checks none unless told to."""
    url = f"rediss://rf:p%40ss@broker.example:6380/2{given}"
    broker, options = for_celery(url)
    assert options == {}
    assert broker.startswith("rediss://rf:p%40ss@broker.example:6380/2?")
    assert f"ssl_cert_reqs={checked}" in broker
    kept = client(url).connection_pool.connection_kwargs
    assert (kept["ssl_cert_reqs"], kept["password"], kept["db"]) == (checked, "p@ss", 2)
    assert ("/etc/ca.pem" in broker) == ("/etc/ca.pem" in given) == ("ssl_ca_certs" in kept)


def test_what_is_not_tls_stays_as_it_is() -> None:
    for url in ("redis://:p@broker.example:6379/0", "unix:///run/redis.sock", "redis+socket:///run/redis.sock"):
        assert for_celery(url) == (url, {})


@pytest.mark.parametrize("option", ["db=2", "protocol=3", "foo=", "socket_timeout=5", "max_connections=9"])
def test_an_option_that_only_one_library_takes_is_named(option: str) -> None:
    assert option.partition("=")[0] in wrong_in(f"redis://:geheim@broker.example/0?{option}")[0]


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("redis://h", True), ("redis://h/", True), ("redis://h:1/15", True), ("redis:///0", True), ("redis://h/abc", False),
        ("redis://:p@h/0/1", False), ("rediss://h/0?ssl_ca_certs=/etc/ca.pem&ssl_cert_reqs=required", True),
    ],
)  # fmt: skip
def test_the_database_is_a_number(url: str, right: bool) -> None:
    assert (wrong_in(url) == []) is right


@pytest.mark.parametrize("url", ["redis://h/0?ssl_cert_reqs=none", "redis://h/0?ssl_ca_certs=/x", "rediss://h/0?ssl_cert_reqs=always"])
def test_what_either_library_dies_of_later_is_told_at_start(url: str) -> None:
    assert wrong_in(url)
    assert wrong_in("rediss://h/0?ssl_cert_reqs=CERT_NONE") == []
