"""Speak the protocol over stdio: `python -m webhooks.mcp --url URL`, the token in `RESOLUTIONFLOW_TOKEN`."""

from __future__ import annotations

import argparse
import sys
from urllib.parse import urlsplit


def main() -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="webhooks.mcp", description=__doc__)
    parser.add_argument("--url", required=True)
    url = parser.parse_args().url
    parts = urlsplit(url)
    # A token must not cross a network in the clear.
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        print(f"resolutionflow: {url} is not https: the token would cross the network in the clear", file=sys.stderr)  # noqa: T201
        return 1
    from webhooks.mcp.reach import OverHttp
    from webhooks.mcp.tools import server
    from worker.settings import own_token

    server(OverHttp(url, own_token())).run("stdio")
    return 0


if __name__ == "__main__":
    sys.exit(main())
