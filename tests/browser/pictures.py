"""Take a picture of a page or an e-mail: `python tests/browser/pictures.py URL_OR_FILE OUT.png [--dark]`.

Needs Chromium from Debian's packages. A width below 500 is drawn in a frame: no window can be that narrow.
"""

from __future__ import annotations

import argparse
import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--allow-file-access-from-files",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=3000",
)


def browser() -> str:
    """Return the browser's path. Raises `FileNotFoundError` without one."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise FileNotFoundError("Chromium is missing: apt-get install chromium")
    return found


def take(
    page: str, out: Path, *, width: int = 700, height: int = 1100, dark: bool = False, forced: bool = False
) -> None:
    """Write the picture. `dark` asks the page for its dark colours; `forced` lets the browser invert it.

    Raises `FileNotFoundError` without Chromium, `RuntimeError` if no picture came out.
    """
    url = page if "://" in page else Path(page).resolve().as_uri()
    with tempfile.TemporaryDirectory() as profile:
        if width < 500:
            frame = Path(profile) / "frame.html"
            frame.write_text(
                f'<body style="margin:0"><iframe src="{html.escape(url)}" '
                f'style="width:{width}px;height:{height}px;border:0;display:block"></iframe>'
            )
            url = frame.as_uri()
        flags = [
            *FLAGS,
            f"--user-data-dir={profile}",
            f"--screenshot={out.resolve()}",
            f"--window-size={width},{height}",
        ]
        if dark:
            flags.append("--blink-settings=preferredColorScheme=0")
        if forced:
            flags += ["--force-dark-mode", "--enable-features=WebContentsForceDark"]
        done = subprocess.run([browser(), *flags, url], capture_output=True, text=True, timeout=90)
    if not out.exists():
        raise RuntimeError(f"no picture of {page}: {done.stderr.strip()[-400:]}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Take a picture of a page or an e-mail.")
    parser.add_argument("page", metavar="URL_OR_FILE")
    parser.add_argument("out", type=Path, metavar="OUT.png")
    parser.add_argument("--width", type=int, default=700, help="pixels")
    parser.add_argument("--height", type=int, default=1100, help="pixels")
    parser.add_argument("--dark", action="store_true", help="ask the page for its dark colours")
    parser.add_argument(
        "--forced", action="store_true", help="let the browser invert it, as some mail programs do"
    )
    given = parser.parse_args()
    given.out.unlink(missing_ok=True)
    try:
        take(
            given.page,
            given.out,
            width=given.width,
            height=given.height,
            dark=given.dark,
            forced=given.forced,
        )
    except (FileNotFoundError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
