"""The command line: `resolutionflow …`, also `python -m worker …`.

Every command exits with 0, or with 1 and one clear line on standard error (2 for a wrong call).
"""

from __future__ import annotations

import argparse
import codecs
import io
import sys
from collections.abc import Sequence

from worker import __version__
from worker.cli.help import Help

EXAMPLES = """\
first steps:
  resolutionflow demo                  watch an escalation from start to finish, nothing to configure
  resolutionflow setup                 connect your ConnectWise: asks, tries, proposes; writes nothing before "connect"
  resolutionflow account check NAME    every endpoint, permission, callback and mail: ok, or what to do
  resolutionflow shadow NAME           what it would have been worth: your own past, replayed; posts nothing
  resolutionflow account connect NAME  register the callbacks; from now on a status change is enough
  resolutionflow run                   web, worker and beat on this machine

exit status: 0 done; 1 not done, or something needs attention, and one line on standard error says what and what to do;
2 a wrong call; 130 broken off. NAME is an account everywhere: one MSP, as `account list` names it. `COMMAND --help` has examples.

settings come from the environment: DATABASE_URL, REDIS_URL, SECRET_KEYS, PUBLIC_URL, SMTP_URL, MAIL_FROM, LOG_LEVEL.
Without them everything runs embedded, with its files under var/.
"""


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    from worker.cli import (
        account,
        baseline,
        closing,
        doctor,
        installation,
        mcp,
        metrics,
        search,
        setup,
        weekly,
    )

    top = argparse.ArgumentParser(
        prog="resolutionflow",
        description="Turns a ConnectWise status change into a handoff brief inside the ticket.",
        epilog=EXAMPLES,
        formatter_class=Help,
    )
    top.add_argument("--version", action="version", version=f"resolutionflow {__version__}")
    every = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    setup.add_to(every, command=main)
    installation.add_to(every)
    account.add_to(every)
    baseline.add_to(every)
    metrics.add_to(every)
    search.add_to(every)
    closing.add_to(every)
    weekly.add_to(every)
    doctor.add_to(every)
    mcp.add_to(every)
    return top


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding lacks as `\\uXXXX`, so that JSON stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2)), error.end


codecs.register_error("escaped as in JSON", _escaped)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a console's code page or the C locale cannot show ends no command
            stream.reconfigure(errors="escaped as in JSON")
    if given[:1] == ["simulator"]:  # its own program with its own --help: production never imports it
        from worker.cli import installation

        return installation.simulator(given[1:])
    options = parser().parse_args(given)
    from worker.cli.failures import in_one_line

    with in_one_line() as failed:
        return int(options.run(options) or 0)
    return failed.code


if __name__ == "__main__":
    sys.exit(main())
