"""Small disks to be filled (Linux, as root)."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

FILLER = "filler"


class CannotMount(Exception):
    """No small disk can be had here; the message says why."""


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int = 64) -> Iterator[Path]:
    """Mount a disk of so many megabytes. Raises `CannotMount` where that is not allowed."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "none", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise CannotMount("no `mount` here") from None
    if done.returncode:
        raise CannotMount(f"may not mount a small disk: {done.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path) -> None:
    """Leave no byte free."""
    with contextlib.suppress(OSError), (place / FILLER).open("ab", buffering=0) as file:
        while True:
            file.write(os.urandom(4096) * 16)
    with contextlib.suppress(OSError), (place / FILLER).open("ab", buffering=0) as file:
        while file.write(b"x"):
            pass


def free(place: Path) -> None:
    (place / FILLER).unlink(missing_ok=True)
