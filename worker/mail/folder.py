"""Write messages as files: the default transport, and what the demo's mail catcher keeps."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from pathlib import Path


def write_message(folder: Path, content: bytes, *, keep_repeats: bool = False) -> Path:
    """Write `content` as `.eml` and its HTML part as `.html` beside it; return the `.eml`. Raises `OSError`.

    The name is `<date in UTC>-<topic>-<hash of the Message-ID>`, so a listing is in order of time and a repeated
    message replaces itself, or gets a number if `keep_repeats`. Files appear whole or not at all; the `.eml` comes last.
    """
    message = message_from_bytes(content, policy=SMTP)
    folder.mkdir(parents=True, exist_ok=True)
    name = _name(message)
    path = folder / f"{name}.eml"
    number = 2
    while keep_repeats and path.exists():
        path = folder / f"{name}-{number}.eml"
        number += 1
    html = message.get_body(("html",))
    if html is not None:
        _write_whole(path.with_suffix(".html"), html.get_content().encode("utf-8"))
    _write_whole(path, content)
    return path


def _name(message: EmailMessage) -> str:
    mark = hashlib.sha256(str(message.get("Message-ID", "")).encode()).hexdigest()[:8]
    topic = re.sub(r"[^A-Za-z0-9]+", "-", str(message.get("X-ResolutionFlow-Topic", ""))).strip("-")[:40]
    when = datetime.fromtimestamp(0, UTC)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        when = parsedate_to_datetime(str(message.get("Date", ""))).astimezone(UTC)
    return f"{when:%Y%m%dT%H%M%SZ}-{topic or 'mail'}-{mark}"


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
