"""How urgent a ticket is, in whatever words an MSP has for it."""

import pytest

from escalation.brief.urgency import urgency


@pytest.mark.parametrize(
    ("priority", "rank"),
    [
        ("P1", 1),
        ("Priority 0", 1),
        ("Priority 1 - Emergency Response", 1),
        ("Priority 2 - Quick Response", 2),
        ("Priority 3 - Normal Response", 3),
        ("Priority 4 - Scheduled Maintenance", 4),
        ("Priority 5 - Project", 5),
        ("Urgent", 1),
        ("High", 2),
        ("Medium", 3),
        ("Low", 4),
        ("Do Not Respond", 3),
        ("SLA 24 h", 3),
        (None, 3),
        ("24x7 Critical", 1),
        ("Critical (8 h)", 1),
        ("4 h response, urgent", 1),
        ("4-hour - High", 2),
        ("Very high 2", 2),
        ("Service 2", 2),
        ("Not urgent, P4", 4),
    ],
)
def test_urgency_from_the_words_of_the_priority(priority: str | None, rank: int) -> None:
    assert urgency(priority) == rank
