"""A person at a terminal: a program in a real pseudo-terminal, its screen as text, keys pressed."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence

import pyte

ENTER, SPACE, UP, DOWN, INTERRUPT = "\r", " ", "\x1b[A", "\x1b[B", "\x03"


class Terminal:
    """A program in a terminal of its own; a context manager."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, columns: int = 132, rows: int = 60) -> None:
        self._screen = pyte.HistoryScreen(columns, rows, history=2000)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        """Everything that was ever written, to look for what must not be."""
        self._screen.write_process_input = self._reply  # type: ignore[method-assign, assignment]
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], list(command), dict(environment))
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self._file)

    def press(self, *keys: str) -> None:
        """Type."""
        for key in keys:
            os.write(self._file, key.encode())
            self._read(0.05)

    @property
    def text(self) -> str:
        """What stands on the screen, without what is blank at the end."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def until(self, words: str, *, times: int = 1, within_s: float = 40.0) -> str:
        """Return the screen once it holds the words, so many times. Raises `AssertionError` in time if it never does."""
        end = time.monotonic() + within_s
        while self.text.count(words) < times:
            assert time.monotonic() < end, f"{words!r} never came:\n{self.text}"
            if not self._read(0.1) and self.text.count(words) < times:
                raise AssertionError(f"{words!r} never came, and it has ended:\n{self.text}")
        self._read(0.3)  # a question is drawn before it takes keys; what was typed ahead of it is thrown away
        return self.text

    def ended(self, *, within_s: float = 40.0) -> int:
        """Wait for the end and return the exit code."""
        end = time.monotonic() + within_s
        while self._read(0.1):
            assert time.monotonic() < end, self.text
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _reply(self, data: str) -> None:
        os.write(self._file, data.encode())

    def _read(self, wait_s: float) -> bool:
        """Take in what has come; False once the program has ended."""
        while select.select([self._file], [], [], wait_s)[0]:
            try:
                data = os.read(self._file, 65536)
            except OSError:
                return False
            if not data:
                return False
            self.raw += data
            self._stream.feed(data)
            wait_s = 0.02
        return True
