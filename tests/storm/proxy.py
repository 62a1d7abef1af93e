"""A TCP proxy that misbehaves on demand, for what the simulator and the mail catcher cannot play themselves.

It stands in front of the broker and the database. One thread with an event loop; faults may change at any time and
hold for connections that are open already.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the line. Assign a new one to `Proxy.fault`."""

    down: bool = False
    """Nobody listens: connections are refused, open ones are reset."""
    frozen: bool = False
    """Connections are taken and stay open, and no byte goes either way until it thaws."""
    mute: bool = False
    """What is asked arrives, the answer is lost; such a connection is reset when the fault ends."""
    delay_s: float = 0.0
    """Each piece waits so long, either way."""
    reset_after: int = 0
    """Reset each connection once so many bytes came back; 0: never."""


class Proxy:
    """Forward `127.0.0.1:port` to a host and port or to a Unix socket; a context manager."""

    def __init__(self, upstream: tuple[str, int] | Path) -> None:
        self._upstream = upstream
        self._fault = Fault()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._lines: set[_Line] = set()
        self._thawed = asyncio.Event()
        self.port = 0

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def fault(self) -> Fault:
        return self._fault

    @fault.setter
    def fault(self, wanted: Fault) -> None:
        self._do(self._change(wanted))

    def cut(self) -> int:
        """Reset every open connection once, and return how many there were."""
        return int(self._do(self._cut()))

    def _do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _deafen(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _change(self, wanted: Fault) -> None:
        before, self._fault = self._fault, wanted
        if wanted.down and not before.down:
            await self._deafen()
            await self._cut()
        if before.down and not wanted.down:
            await self._listen()
        if wanted.frozen:
            self._thawed.clear()
        else:
            self._thawed.set()
        if not wanted.mute:
            for line in [line for line in self._lines if line.lost]:
                line.reset()

    async def _cut(self) -> int:
        lines = list(self._lines)
        for line in lines:
            line.reset()
        return len(lines)

    async def _end(self) -> None:
        await self._deafen()
        await self._cut()
        self._thawed.set()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._wait()
        try:
            if isinstance(self._upstream, Path):
                beyond = await asyncio.open_unix_connection(self._upstream)
            else:
                beyond = await asyncio.open_connection(*self._upstream)
        except OSError:
            _abort(writer)
            return
        line = _Line(writer, beyond[1])
        self._lines.add(line)
        pumps = [
            asyncio.ensure_future(self._pump(line, reader, beyond[1], answers=False)),
            asyncio.ensure_future(self._pump(line, beyond[0], writer, answers=True)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass  # the proxy ends
        finally:
            self._lines.discard(line)
            for pump in pumps:
                pump.cancel()
            line.close()

    async def _wait(self) -> None:
        if self._fault.frozen:
            await self._thawed.wait()

    async def _pump(
        self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self._fault.delay_s:
                    await asyncio.sleep(self._fault.delay_s)
                await self._wait()
                if answers and self._fault.mute:
                    line.lost = True
                    continue
                if answers and self._fault.reset_after:
                    line.answered += len(piece)
                    if line.answered >= self._fault.reset_after:
                        line.reset()
                        return
                writer.write(piece)
                await writer.drain()


class _Line:
    """One connection with both of its ends."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self._ends = (near, far)
        self.lost = False
        self.answered = 0

    def reset(self) -> None:
        for end in self._ends:
            _abort(end)

    def close(self) -> None:
        for end in self._ends:
            end.close()


def _abort(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset, not politely."""
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.family == socket.AF_INET:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
