"""The command that an assistant on a technician's desktop starts: `mcp`."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec

from worker.cli.help import Help
from worker.cli.installation import Subparsers

TEACHES = """\
Lets an assistant (Claude Desktop, any MCP client) work on a ticket with you, as you: it sees what was tried, records each step
with its outcome, and hands the ticket over when you are stuck. Nothing of it runs on ConnectWise; nothing is posted unasked.

1. On the technician's computer:   pip install "./resolutionflow[mcp]"      (beside a clone of this project: docs/sessions.md)
2. Where ResolutionFlow runs:      resolutionflow account token NAME --member LOGIN
3. In the client's configuration, for Claude Desktop claude_desktop_config.json:

   {"mcpServers": {"resolutionflow": {
      "command": "resolutionflow", "args": ["mcp", "--url", "https://handoff.example.com"],
      "env": {"RESOLUTIONFLOW_TOKEN": "eyJ..."}}}}

A client that takes addresses needs no installation: https://handoff.example.com/mcp, with the header
`Authorization: Bearer eyJ...`. Tools, limits and what is stored: docs/sessions.md.
"""


def add_to(every: Subparsers) -> None:
    """Add `mcp`."""
    command = every.add_parser(
        "mcp",
        help="let an assistant on your desktop work on tickets as you (Model Context Protocol over stdio)",
        description=TEACHES,
        formatter_class=Help,
    )
    command.add_argument(
        "--url", default="http://127.0.0.1:8000", metavar="URL", help="where ResolutionFlow answers (default: %(default)s)"
    )
    command.set_defaults(run=_mcp)


def _mcp(options: argparse.Namespace) -> int:
    from worker.settings import own_token

    if not own_token():
        return _cannot("RESOLUTIONFLOW_TOKEN is not set: put a token into the client's settings (see --help)")
    if find_spec("mcp") is None:
        return _cannot("the protocol's library is not installed: it is the extra `mcp` (docs/sessions.md)")
    os.execv(sys.executable, [sys.executable, "-m", "webhooks.mcp", "--url", options.url])  # noqa: S606 - our own module
    return 0


def _cannot(why: str) -> int:
    print(f"resolutionflow: {why}", file=sys.stderr)  # noqa: T201 - standard output is the protocol's
    return 1
