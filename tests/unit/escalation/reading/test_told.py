"""Whether a step's words tell its result: then no label stands beside them, whatever the reader made of it.

Kinds: a result after a colon, a dash, an arrow or a comma; a finding told without a deed; against these bare deeds, lists of
deeds, and what is only planned or asked. Made from parts of both by a generator.
"""

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

import itertools

import pytest

from escalation.brief.lines import NOT_CLEAR, label
from escalation.package.contents import Step
from escalation.wording.told import tells_its_result

DEEDS = ("Restarted the spooler", "Replaced the patch cable", "cleared the cache", "Swapped the dock", "updated the driver")
RESULTS = ("no change", "works now", "same error again", "the light stays off", "it came back after an hour", "access denied", "nothing in the log")
JOINED = ("{}: {}", "{} - {}", "{} -> {}", "{}; {}", "{}, {}", "{}, but {}")
FINDINGS = (
    "The scope is 100% used.", "Event log shows 4740 from PC-7.", "biggest folder: Temp, 61 GB", "ip_forward = 1", "port 25 is closed from here",
    "nslookup on the client: NXDOMAIN", "When I sign in as admin it opens at once.",
)  # fmt: skip
PLANS = ("asked the user to restart it", "will see tomorrow", "waiting for the vendor", "to rule out the driver", "then rebooted the server")


@pytest.mark.parametrize("joined", JOINED)
def test_a_result_beside_its_deed_is_told(joined: str) -> None:
    for deed, result in itertools.product(DEEDS, RESULTS):
        assert tells_its_result(joined.format(deed, result)), (joined, deed, result)


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_finding_is_its_own_result(finding: str) -> None:
    assert tells_its_result(finding)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_bare_deed_a_list_of_deeds_and_a_plan_tell_none(deed: str) -> None:
    assert not tells_its_result(deed)
    for other in (*DEEDS, *PLANS):
        assert not tells_its_result(f"{deed}, {other}"), other


def test_the_label_stands_only_beside_what_tells_nothing() -> None:
    bare = Step("Restarted it", "Restarted the spooler", 0, "worked", "tech", "n1", outcome_sure=0.3)
    told = Step("Restarted it", "Restarted the spooler: the light stays off", 0, "worked", "tech", "n1", outcome_sure=0.3)
    sure = Step("Restarted it", "Restarted the spooler: the light stays off", 0, "failed", "tech", "n1", outcome_sure=0.9)
    assert (label(bare), label(told), label(sure)) == (NOT_CLEAR, None, "failed")
