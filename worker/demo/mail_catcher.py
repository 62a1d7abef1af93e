"""A local SMTP server that keeps every message as a file: for the demo, for trying things out, and for tests.

`python -m worker.demo.mail_catcher --port 0 --dir DIR` serves on this machine only. Tests use `MailCatcher`, which can also
misbehave the way real servers do.
"""

# ruff: noqa: ARG002 - aiosmtpd decides what its hooks are given

from __future__ import annotations

import argparse
import asyncio
import signal
import ssl
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from worker.mail.folder import write_message


@dataclass(frozen=True, slots=True)
class Faults:
    """How the catcher misbehaves. Assign a new one to `MailCatcher.faults` at any time."""

    refuse: frozenset[str] = frozenset()
    """These recipients are answered 550."""
    greylist: bool = False
    """Each pair of sender and recipient is answered 451 the first time."""
    data_answer: str = ""
    """Answer the message itself with this instead of accepting it, e.g. `554 5.7.1 Spam`."""
    hang_after_data: int = 0
    """So many messages are kept and then never answered."""
    drop_after_data: int = 0
    """So many messages are kept and then the connection is cut."""
    slow_after_data: float = 0
    """Each message is kept and answered so many seconds later."""


class MailCatcher:
    """An SMTP server in a thread of its own; a context manager. `.url` is what `SMTP_URL` takes, `.messages` what came.

    `port` 0 takes a free one. `credentials` (user, password) demands a sign-in; `tls` offers STARTTLS, or with
    `tls_from_start` speaks it from the first byte. Without `smtputf8` it takes ASCII addresses only.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        faults: Faults | None = None,
        credentials: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        tls_from_start: bool = False,
        smtputf8: bool = True,
    ) -> None:
        self.folder = folder
        self.port = port
        self.host = host
        self.faults = faults or Faults()
        self.messages: list[Path] = []
        self._credentials = credentials
        self._tls = tls
        self._tls_from_start = tls_from_start
        self._smtputf8 = smtputf8
        self._seen: set[tuple[str, str]] = set()
        self._misbehaved = {"hang": 0, "drop": 0}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail-catcher", daemon=True)
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"{'smtps' if self._tls_from_start else 'smtp'}://127.0.0.1:{self.port}"

    def __enter__(self) -> MailCatcher:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. Raises `OSError` if the port is taken."""
        self._thread.start()
        try:
            self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        except BaseException:
            self._end_thread()
            raise
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Cut every connection and stop listening."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._end_thread()

    async def _listen(self) -> asyncio.Server:
        from_start = self._tls if self._tls_from_start else None
        return await self._loop.create_server(self._session, self.host, self.port, ssl=from_start)

    def _session(self) -> SMTP:
        return SMTP(
            self,
            hostname="catcher.localhost",
            ident="ResolutionFlow mail catcher",
            enable_SMTPUTF8=self._smtputf8,
            tls_context=None if self._tls_from_start else self._tls,
            auth_required=self._credentials is not None,
            auth_require_tls=False,
            authenticator=self._authenticate,
            loop=self._loop,
        )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _end_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        if not isinstance(given, LoginPassword) or self._credentials is None:
            return AuthResult(success=False, handled=False)
        user, password = self._credentials
        return AuthResult(
            success=(given.login, given.password) == (user.encode(), password.encode()), handled=False
        )

    async def handle_RCPT(  # noqa: N802 - the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.faults.refuse:
            return "550 5.1.1 No such mailbox"
        pair = (envelope.mail_from or "", address)
        if self.faults.greylist and pair not in self._seen:
            self._seen.add(pair)
            return "451 4.7.1 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.faults.data_answer:
            return self.faults.data_answer
        content = envelope.content
        self.messages.append(
            write_message(self.folder, content if isinstance(content, bytes) else b"", keep_repeats=True)
        )
        if self._misbehaved["hang"] < self.faults.hang_after_data:
            self._misbehaved["hang"] += 1
            await asyncio.sleep(3600)
        if self._misbehaved["drop"] < self.faults.drop_after_data:
            self._misbehaved["drop"] += 1
            if isinstance(server.transport, asyncio.WriteTransport):
                server.transport.abort()
        await asyncio.sleep(self.faults.slow_after_data)
        return "250 OK"


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Exit with 1 if the port is taken."""
    parser = argparse.ArgumentParser(
        prog="python -m worker.demo.mail_catcher", description="Keep every e-mail as a file."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--dir", type=Path, required=True, help="folder for the .eml and .html files")
    parser.add_argument("--url-file", type=Path, help="write the SMTP_URL here once it listens")
    given = parser.parse_args(arguments)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    catcher = MailCatcher(given.dir, port=given.port, host=given.host)
    try:
        catcher.start()
    except OSError as error:
        sys.stderr.write(
            f"cannot listen on {given.host}:{given.port}: {error.strerror}; choose another --port\n"
        )
        return 1
    if given.url_file:
        part = given.url_file.with_name(given.url_file.name + ".part")
        part.write_text(catcher.url + "\n")
        part.replace(given.url_file)
    sys.stdout.write(f"SMTP_URL={catcher.url}\n")
    sys.stdout.flush()
    done.wait()
    catcher.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
