"""Where the brief says to start, for forty made-up tickets, printed for a reader to judge: right, useful, or neither.

    python -m benchmarks.starts [--silent]

The tickets stand in `tests/unit/escalation/starts/forty.txt`. No memory is asked, so this is what the ticket alone gives.
`docs/memory.md` has the latest judgement.
"""

from __future__ import annotations

import argparse

from tests.unit.escalation import starts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--silent", action="store_true", help="only those without a start")
    options = parser.parse_args()
    given = 0
    every = starts.tickets()
    for evidence in every:
        package = starts.package_of(evidence)
        start = package.start_here
        given += start is not None
        if start and not options.silent:
            print(f"{evidence.ticket.id:>3} {evidence.ticket.summary}  [{package.domain}]")
            print(f"      {start.text}  ({start.reason}) [{start.source}]")
        elif not start:
            print(f"{evidence.ticket.id:>3} {evidence.ticket.summary}  [{package.domain}]\n      none")
    print(f"{given} of {len(every)} tickets have a start")


if __name__ == "__main__":
    main()
