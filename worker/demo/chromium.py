"""Drive a real Chromium over its debugging pipe: open an address, run a line of script, read what is there."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
    # Frames of other sites in the page's own process, so that one session sees them.
    "--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process",
)  # fmt: skip

BECOME = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for place, end in zip((3, 4), ends):
    os.dup2(end, place)
    os.close(end)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads from descriptor 3 and writes to 4."""


def program() -> str | None:
    """Return where Chromium is, None if it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class NotAnswered(RuntimeError):
    """What was asked came to nothing, since the page it was asked of was left meanwhile, or it cannot be asked at all."""


class Chromium:
    """A browser with one page and a profile of its own; a context manager."""

    def __enter__(self) -> Chromium:
        found = program()
        if found is None:
            raise FileNotFoundError("Chromium is missing: apt-get install chromium")
        self._profile = tempfile.mkdtemp()
        self._number, self._rest = 0, b""
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        command = [found, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(  # noqa: S603 - a browser that is installed here
            [sys.executable, "-c", BECOME, str(theirs_in), str(theirs_out), *command],
            pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(Path(self._profile), ignore_errors=True)

    def open(self, url: str) -> None:
        """Go to an address."""
        self._call("Page.navigate", url=url)

    def before_each(self, script: str) -> None:
        """Run a script in every page that is opened from now on, before any of its own."""
        self._call("Page.enable")
        self._call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def run(self, script: str) -> Any:
        """Return what a line of script comes to, in the page; of a promise, what it is fulfilled with."""
        result = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return result["result"].get("value")

    def wait(self, script: str, *, frame: str = "", within_s: float = 20.0) -> Any:
        """Return what a script comes to once that is true. Raises `AssertionError` in time if it never is."""
        end = time.monotonic() + within_s
        asked = f"(found => found instanceof Node ? true : found)({script})"  # an element by value is an empty object

        def now() -> Any:
            try:
                return self.run_in(frame, asked) if frame else self.run(asked)
            except NotAnswered:  # the page it was asked of was just being left for another
                return None

        while not (found := now()):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.05)
        return found

    def run_in(self, frame: str, script: str) -> Any:
        """Return what a line of script comes to in the frame whose address holds `frame`; it sees the document alone."""
        found = next((each["id"] for each in self.frames() if frame in each["url"]), None)
        if found is None:
            return None
        try:
            world = self._call("Page.createIsolatedWorld", frameId=found)["executionContextId"]
        except NotAnswered:  # it was just replaced by another
            return None
        result = self._call("Runtime.evaluate", expression=script, contextId=world, returnByValue=True,
                            awaitPromise=True)  # fmt: skip
        return result["result"].get("value")

    def size(self, width: int, height: int, *, zoom: float = 1.0) -> None:
        """Have a window of that many CSS pixels; `zoom` 2 is what 200% makes of it."""
        self._call("Emulation.setDeviceMetricsOverride", width=int(width / zoom), height=int(height / zoom),
                   deviceScaleFactor=zoom, mobile=False)  # fmt: skip

    def prefer(self, *, dark: bool = False, calm: bool = False) -> None:
        """Prefer dark colours, or no motion, as an operating system does."""
        features = {"prefers-color-scheme": "dark" if dark else "light",
                    "prefers-reduced-motion": "reduce" if calm else "no-preference"}  # fmt: skip
        self._call("Emulation.setEmulatedMedia", features=[{"name": n, "value": v} for n, v in features.items()])

    def keep_cookie(self, url: str, name: str, value: str) -> None:
        """Have a cookie for an address."""
        self._call("Network.setCookie", url=url, name=name, value=value, sameSite="Lax", httpOnly=True)

    def cookie(self, name: str) -> str:
        """Return the value of a cookie that it has. Raises `StopIteration` without one."""
        found = self._call("Network.getCookies")["cookies"]
        return str(next(each["value"] for each in found if each["name"] == name))

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key, as a keyboard does: `Tab`, `Enter`, `Escape`, or one character."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
        text = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
        about = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, ord(key[0]))}
        self._call("Input.dispatchKeyEvent", type="keyDown", modifiers=8 if shift else 0, **about, **text)
        self._call("Input.dispatchKeyEvent", type="keyUp", modifiers=8 if shift else 0, **about)

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Write what is seen to a PNG file; `whole` with what one would have to scroll to."""
        seen = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(seen["data"]))

    def frames(self) -> list[dict[str, Any]]:
        """Return what the browser knows of the page's frames."""
        tree = self._call("Page.getFrameTree")["frameTree"]
        return [child["frame"] for child in tree.get("childFrames", ())]

    def read_until(
        self, text: str, *, of: str = "document.body ? document.body.innerText : ''", within_s: float = 20.0
    ) -> str:
        """Return the page's text once it holds `text`. Raises `AssertionError` in time if it never does."""
        end = time.monotonic() + within_s
        while True:
            try:
                shown = str(self.run(of))
            except NotAnswered:
                shown = "a page that was just being left"
            if text in shown:
                return shown
            assert time.monotonic() < end, shown
            time.sleep(0.05)

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if not method.startswith("Target."):
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                more = os.read(self._in, 65536)
                if not more:
                    raise RuntimeError("Chromium has ended")
                self._rest += more
            one, self._rest = self._rest.split(b"\0", 1)
            answer = json.loads(one)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise NotAnswered(f"{method}: {answer['error']}")
                found: dict[str, Any] = answer["result"]
                return found
